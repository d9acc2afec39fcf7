import { AppError, type Clock, Pattern } from "../../../core/mod.ts";
import { jsonLines, sinceOf, wholeNumberOf } from "../../../http/mod.ts";
import {
  type Caller,
  type FleetSearchQuery,
  fleetSearchQuery,
  type HostView,
  SEARCH_CONTENT_TYPE,
  SEARCH_DEFAULTS,
  SEARCH_HOLD_MS,
  SEARCH_LIMITS,
} from "../../../protocol/mod.ts";
import type { LastingAccess } from "../guard/lasting_access.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { Seats } from "../guard/seats.ts";
import { chosenHosts } from "../listing/chosen_hosts.ts";
import type { HubPort, LogSearchPort } from "../ports.ts";

export interface LogSearchRouteOptions {
  readonly hub: HubPort;
  readonly logSearch: LogSearchPort;
  readonly lasting: LastingAccess;
  readonly clock: Clock;
  readonly stopped: AbortSignal;
}

/** Each asks up to some dozen hosts at a time, and keeps some megabytes. */
const SEATS = { what: "searches of logs", perCaller: 4, inAll: 16 };

/** The history of logs on many hosts. */
export function logSearchRoutes(make: RouteMaker, options: LogSearchRouteOptions): ManagerRoute[] {
  const { hub, logSearch, lasting, clock, stopped } = options;
  const seats = new Seats(SEATS);
  return [
    make.verbRaw("host.view", {
      tags: ["logs"],
      method: "GET",
      path: "/api/v1/logs/search",
      summary: "Search the logs of hosts that the caller may see, rotated and compressed files included",
      description:
        "The search runs on the hosts. Answers with lines of JSON as they are found, each with a type: `match`, " +
        "`host` when the state of a host changes, `progress`, and at last `end`. Matches come the newest first; " +
        `none waits longer than ${SEARCH_HOLD_MS / 1_000} s for a host that is silent, and what comes after newer ` +
        "than what was sent is marked `late`. Whoever leaves ends the search on all hosts.",
      query: fleetSearchQuery(),
      produces: [SEARCH_CONTENT_TYPE],
      errors: ["not_found", "too_large", "rate_limited"],
      handle: ({ caller, query, requestId, signal }) => {
        const { select, ...asked } = query;
        const numbers = checked(asked, clock.nowMs());
        const hosts = hostsFor(make, hub, caller, select);
        const leave = seats.take(caller.actor);
        const ending = new AbortController();
        let maySee = make.hosts.filter(caller);
        const lost = new AppError("unauthorized", "The permission to search has ended");
        const forget = lasting.add({
          caller,
          renewed(now) {
            if (now === null) ending.abort(lost);
            else maySee = make.hosts.filter(now);
          },
        });
        const request = {
          ...numbers,
          hosts: hosts.map(({ id, name }) => ({ id, name })),
          query: hostQuery(asked, numbers),
          actor: caller.actor,
          requestId,
          maySee: (id: string) => {
            const host = hub.view(id);
            return host !== null && maySee(host);
          },
        };
        return jsonLines((gone) => logSearch.search(request, AbortSignal.any([gone, ending.signal, stopped])), {
          signal,
          onEnd: () => {
            forget();
            leave();
          },
        });
      },
    }),
  ];
}

/** What only reports has no logs that it could be asked for, and is told as such where it is named. */
function hostsFor(make: RouteMaker, hub: HubPort, caller: Caller, select: string | undefined): HostView[] {
  const isVisible = make.hosts.filter(caller);
  const hosts = chosenHosts(select, hub.views().filter(isVisible));
  const asked = select === undefined ? hosts.filter(({ kind }) => kind === "agent") : hosts;
  if (asked.length <= SEARCH_LIMITS.hosts) return asked;
  const remedy = "say which by `select`";
  throw new AppError(
    "too_large",
    `These are ${asked.length} hosts, and ${SEARCH_LIMITS.hosts} at a time can be searched: ${remedy}`,
  );
}

/** What every host would refuse is refused here, once. */
function checked(
  query: Omit<FleetSearchQuery, "select">,
  nowMs: number,
): { readonly limit: number; readonly timeoutMs: number } {
  const { pattern, regex, ignoreCase, since, until } = query;
  new Pattern(pattern, { isRegex: regex === "true", ignoreCase: ignoreCase === "true" });
  const [sinceMs, untilMs] = [since, until].map((text, index) =>
    text === undefined ? undefined : sinceOf(index === 0 ? "since" : "until", text, nowMs)
  );
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs) {
    throw new AppError("invalid_input", "since must be before until");
  }
  const number = (name: "limit" | "before" | "after" | "maxBytes" | "timeoutMs", min: number, max: number) => {
    const text = query[name];
    return text === undefined ? undefined : wholeNumberOf(name, text, { min, max });
  };
  number("before", 0, SEARCH_LIMITS.contextLines);
  number("after", 0, SEARCH_LIMITS.contextLines);
  number("maxBytes", 1, Number.MAX_SAFE_INTEGER);
  return {
    limit: number("limit", 1, SEARCH_LIMITS.matches) ?? SEARCH_DEFAULTS.matches,
    timeoutMs: number("timeoutMs", 1, SEARCH_LIMITS.timeoutMs) ?? SEARCH_DEFAULTS.timeoutMs,
  };
}

function hostQuery(query: Omit<FleetSearchQuery, "select">, numbers: Record<string, number>): URLSearchParams {
  const given = Object.entries({ ...query, ...numbers });
  return new URLSearchParams(given.flatMap(([name, value]) => value === undefined ? [] : [[name, String(value)]]));
}

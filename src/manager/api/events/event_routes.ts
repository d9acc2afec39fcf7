import { type Caller, fleetEventList, fleetEventsQuery, fleetEventsStreamQuery } from "../../../protocol/mod.ts";
import type { LastingAccess } from "../guard/lasting_access.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { Seats } from "../guard/seats.ts";
import { limitOf } from "../listing/page.ts";
import type { EventsPort } from "../ports.ts";
import { eventFilter, isWanted, seqOf } from "./event_filter.ts";
import { EventListener } from "./event_listener.ts";

const TAG = { tags: ["events"] };
const SEATS = { what: "event streams", perCaller: 20, inAll: 500 };

export interface EventRoutesOptions {
  readonly events: EventsPort;
  readonly lasting: LastingAccess;
  readonly nowMs: () => number;
  /** Ends all that listen. */
  readonly stopped: AbortSignal;
}

/** What has happened to processes, hosts, tasks and the manager itself. */
export function eventRoutes(make: RouteMaker, options: EventRoutesOptions): ManagerRoute[] {
  const { events, nowMs, stopped } = options;
  const seats = new Seats(SEATS);
  const { hosts } = make;
  return [
    make.verb("host.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/events",
      summary: "Show what has happened, the latest events, oldest first; or those after or before a seq",
      query: fleetEventsQuery(),
      response: fleetEventList,
      errors: ["not_found"],
      handle: async ({ caller, query }) => {
        const after = query.after === undefined ? undefined : seqOf("after", query.after);
        const before = query.before === undefined ? undefined : seqOf("before", query.before);
        const { events: found, next, previous } = await events.list({
          ...eventFilter(hosts, caller, query, nowMs()),
          limit: limitOf(query.limit),
          ...(after !== undefined && { after }),
          ...(before !== undefined && { before }),
        });
        return { events: [...found], next, ...(previous !== null && { previous }) };
      },
    }),
    make.verbRaw("host.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/events/stream",
      summary: "Send what happens as server-sent events; Last-Event-ID goes before `after`",
      query: fleetEventsStreamQuery(),
      produces: ["text/event-stream"],
      errors: ["not_found", "rate_limited"],
      handle({ caller, query, headers, signal }) {
        // A browser that connects again asks for the same address as before, and says here how far it has come.
        const last = headers.get("last-event-id") ?? "";
        const [name, text] = last === "" ? ["after", query.after] : ["Last-Event-ID", last];
        const filterFor = (now: Caller) => eventFilter(hosts, now, query, nowMs());
        filterFor(caller); // refuses now what cannot be asked for
        const after = text === undefined ? null : seqOf(name, text);
        const leave = seats.take(caller.actor);
        const listener = new EventListener({
          after,
          caller,
          list: (now, from) => events.list({ ...filterFor(now), ...from }),
          isWanted: (now, event) => isWanted(filterFor(now), event),
        });
        try {
          keepOpen(listener, options, AbortSignal.any([signal, stopped]), leave);
        } catch (error) {
          leave();
          throw error;
        }
        return listener.stream.response;
      },
    }),
  ];
}

/** For as long as somebody listens, may do that, and the manager runs. */
function keepOpen(
  listener: EventListener,
  { events, lasting }: EventRoutesOptions,
  signal: AbortSignal,
  leave: () => void,
): void {
  const { stream } = listener;
  const untell = events.onEvent((event) => listener.happened(event));
  const forget = lasting.add({
    get caller() {
      return listener.caller;
    },
    renewed(now) {
      if (now === null) stream.close();
      else listener.caller = now;
    },
    tick: () => listener.ping(),
  });
  const close = () => stream.close();
  signal.addEventListener("abort", close, { once: true });
  stream.gone.addEventListener("abort", () => {
    signal.removeEventListener("abort", close);
    untell();
    forget();
    leave();
  }, { once: true });
  if (signal.aborted) close();
}

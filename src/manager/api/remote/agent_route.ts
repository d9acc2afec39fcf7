import { AppError } from "../../../core/mod.ts";
import {
  agentPathParams,
  type Caller,
  type HostVerb,
  type HostView,
  MAX_EXEC_TIMEOUT_MS,
} from "../../../protocol/mod.ts";
import type { AuditTrail } from "../guard/audit_trail.ts";
import type { LastingAccess } from "../guard/lasting_access.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { Seats } from "../guard/seats.ts";
import type { AuditRecord, AuthPort, HubPort } from "../ports.ts";
import { type AgentTarget, agentTarget, partAfterAgent } from "./agent_target.ts";
import { describe } from "./description.ts";
import { headersFromHost, headersToHost } from "./headers.ts";
import { knownBody } from "./known_body.ts";
import { lastingBody } from "./lasting_body.ts";

const SEATS = { what: "requests to hosts", perCaller: 1_000, inAll: 5_000 };
/** Of what is done with these the audit must tell more than that it was done. */
const MUST_BE_KNOWN: readonly HostVerb[] = ["host.exec", "host.operate", "host.terminal"];
const MUST_BE_KNOWN_TOO: readonly string[] = ["/v1/files/actions", "/v1/files/uploads"];
/** It turns into raw bytes, which only a WebSocket of the manager's own carries on. */
const ATTACH_PATH = "/v1/terminals/{id}/attach";
/** What the host allows for these; it answers by then, and the grace is for the way. */
const MAX_ACTION_MS = 3_600_000;
const GRACE_MS = 60_000;
/** A file that is sent to a host is answered when it has come, over however slow a line; a host that is lost is noticed otherwise. */
const MAX_UPLOAD_MS = 7 * 24 * 3_600_000;
const SLOW_TO_ANSWER: readonly string[] = ["/v1/files/digest"];
const REFUSED_STATUSES = [401, 403];

export interface AgentRouteOptions {
  readonly auth: AuthPort;
  readonly hub: HubPort;
  readonly trail: AuditTrail;
  readonly lasting: LastingAccess;
  readonly stopped: AbortSignal;
}

/** A request that may be made, and what must be done around it. */
interface Errand {
  readonly request: Request;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly host: HostView;
  readonly target: AgentTarget;
}

/**
 * The control API of every host, through its tunnel. What the agent's own table of routes (route_access.ts) does not
 * name is not there; what changes something, or reads what may be secret, is in the audit with what the host has answered.
 */
export function agentRoute(make: RouteMaker, options: AgentRouteOptions): ManagerRoute {
  const carrier = new Carrier(options);
  return make.ownGuard({ verb: "route", isAboutHost: true, isAudited: true }, {
    tags: ["agents"],
    method: "ANY",
    path: "/api/v1/hosts/{id}/agent/{path}",
    takesRest: true,
    summary: "Ask a host's own control API, through its tunnel",
    description: "`path` takes all that follows, slashes included: `/api/v1/hosts/web-1/agent/v1/processes`. The " +
      "host's `/openapi.json` says what there is; its own errors are answered as they are. A host that is not connected " +
      "is answered with 20001 at once.",
    params: agentPathParams(),
    produces: ["application/json", "text/plain", "text/event-stream", "application/octet-stream"],
    consumes: ["application/json", "application/octet-stream"],
    answers: { 200: "What the host has answered", default: "What the host has answered, or why it was not asked" },
    errors: ["not_found", "too_large", "host_refuses", "host_offline", "rate_limited", "timeout", "unsupported"],
    async handle({ request, requestId, signal, caller, params: { id } }) {
      make.known(caller);
      const path = partAfterAgent(request.url, id);
      const target = path === null ? null : agentTarget(request.method, path);
      if (target === null) {
        throw new AppError(
          "not_found",
          `Hosts have no ${request.method} ${path ?? request.url} that could be asked for`,
        );
      }
      let host: HostView;
      try {
        host = make.authorised(caller, target.access.verb, id);
      } catch (error) {
        await carrier.refused({ caller, target, id }, error);
        throw error;
      }
      return await carrier.carry({ request, requestId, signal, caller, host, target });
    },
  });
}

class Carrier {
  readonly #options: AgentRouteOptions;
  readonly #seats = new Seats(SEATS);

  constructor(options: AgentRouteOptions) {
    this.#options = options;
  }

  async refused(of: { caller: Caller; target: AgentTarget; id: string }, thrown: unknown): Promise<void> {
    const { caller, target, id } = of;
    if (!isAudited(target)) return;
    const entry = entryOf(caller, { id: undefined, name: id }, target, undefined);
    await this.#options.trail.notDone(entry, { thrown, wasRefused: true, isKnown: true });
  }

  async carry(errand: Errand): Promise<Response> {
    if (errand.request.headers.has("upgrade") || errand.target.access.path === ATTACH_PATH) {
      throw new AppError(
        "unsupported",
        "This route of a host is no WebSocket; one to a terminal is /api/v1/hosts/{id}/terminals/{terminal}/attach",
      );
    }
    const leave = this.#seats.take(errand.caller.actor);
    const ending = new AbortController();
    try {
      const { body, json } = await knownBody(errand.request, mustBeKnown(errand.target));
      const response = await this.#ask(errand, body, json, ending.signal);
      return this.#passOn(errand, response, ending, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #ask(errand: Errand, body: BodyInit | null, json: unknown, ending: AbortSignal): Promise<Response> {
    const { request, requestId, signal, caller, host, target } = errand;
    const { hub, trail, stopped } = this.#options;
    const entry = entryOf(caller, host, target, json);
    let response: Response;
    try {
      response = await hub.fetch(
        host.id,
        new Request(`http://tunnel${target.path}`, {
          method: request.method,
          headers: headersToHost(request.headers, caller, requestId),
          body,
          signal: AbortSignal.any([signal, ending, stopped]),
        }),
        patienceFor(target),
      );
    } catch (error) {
      if (isAudited(target)) await trail.notDone(entry, { thrown: error, wasRefused: false, isKnown: true });
      throw error;
    }
    if (isAudited(target)) await this.#note(entry, response);
    return response;
  }

  /** Written before the answer is passed on, so that nobody learns of what the audit does not know. */
  async #note(entry: Omit<AuditRecord, "result">, response: Response): Promise<void> {
    const { status } = response;
    const result = status < 400 ? "ok" : REFUSED_STATUSES.includes(status) ? "refused" : "failed";
    try {
      await this.#options.trail.done({ ...entry, details: { ...entry.details, status } }, result);
    } catch (error) {
      await response.body?.cancel(error);
      throw error;
    }
  }

  #passOn({ caller, host, target }: Errand, response: Response, ending: AbortController, leave: () => void): Response {
    const init = { status: response.status, headers: headersFromHost(response.headers) };
    if (response.body === null) {
      leave();
      return new Response(null, init);
    }
    let now = caller;
    const { auth, hub, lasting } = this.#options;
    const forget = lasting.add({
      get caller() {
        return now;
      },
      renewed(renewed) {
        const host_ = hub.view(host.id);
        if (renewed !== null && host_ !== null && auth.mayUse(renewed, target.access.verb, host_)) now = renewed;
        else ending.abort(new AppError("unauthorized", "The permission to ask this host has ended"));
      },
    });
    return new Response(
      lastingBody(response.body, () => {
        forget();
        leave();
      }),
      init,
    );
  }
}

/** How long the head of the answer may take. What may take long says so itself, and ends by itself at the host. */
function patienceFor({ access }: AgentTarget): { headTimeoutMs: number } | undefined {
  if (access.verb === "host.exec") return { headTimeoutMs: MAX_EXEC_TIMEOUT_MS + GRACE_MS };
  if (access.method === "PUT" && access.path === "/v1/files/uploads/{id}") return { headTimeoutMs: MAX_UPLOAD_MS };
  const isQuick = access.method === "GET" && !SLOW_TO_ANSWER.includes(access.path);
  return isQuick ? undefined : { headTimeoutMs: MAX_ACTION_MS + GRACE_MS };
}

/** What changes something, and what the table says is to be told of. */
function isAudited({ access }: AgentTarget): boolean {
  return access.method !== "GET" || access.isTold === true;
}

function mustBeKnown({ access: { verb, path } }: AgentTarget): boolean {
  return MUST_BE_KNOWN.includes(verb) || MUST_BE_KNOWN_TOO.includes(path);
}

function entryOf(
  { actor, address }: Caller,
  host: { readonly id: string | undefined; readonly name: string },
  { access, shown, path }: AgentTarget,
  json: unknown,
): Omit<AuditRecord, "result"> {
  const { action, details } = describe(access, json, URL.parse(path, "http://tunnel")?.searchParams);
  return {
    actor,
    address,
    action,
    subject: `host ${host.name}: ${access.method} ${shown}`,
    ...(host.id !== undefined && { hostId: host.id }),
    details,
  };
}

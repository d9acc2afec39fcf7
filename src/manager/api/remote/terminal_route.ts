import type { Clock } from "../../../core/mod.ts";
import { dropSocket, upgradeToWebSocket } from "../../../http/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import {
  type AttachMode,
  type Caller,
  type HostView,
  TERMINAL_CLOSE_CODES,
  terminalAttachParams,
  terminalAttachQuery,
} from "../../../protocol/mod.ts";
import { Allowances } from "../guard/allowances.ts";
import type { AuditTrail } from "../guard/audit_trail.ts";
import type { LastingAccess } from "../guard/lasting_access.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { Seats } from "../guard/seats.ts";
import { requireUpgrade, socketCaller } from "../guard/socket_caller.ts";
import type { AuditRecord, AuthPort, HubPort } from "../ports.ts";
import type { AttachedTerminal, TerminalSocket, TerminalsPort, TerminalTold } from "../terminal_ports.ts";
import { headersToHost } from "./headers.ts";

const SEATS = { what: "open terminals", perCaller: 100, inAll: 500 };
/** Without a sign of life for so long the runtime asks for one, and then closes. */
const IDLE_SECONDS = 30;
/** More messages than a keyboard, a mouse and the acknowledgements of a fast screen make together. */
const MESSAGES = { burst: 20_000, everyMs: 0.2, maxKeys: 1 };
const VERB = "host.terminal";

export interface TerminalRouteOptions {
  readonly auth: AuthPort;
  readonly hub: HubPort;
  readonly terminals: TerminalsPort;
  readonly trail: AuditTrail;
  readonly lasting: LastingAccess;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who wants to be at which terminal. */
interface Visit {
  readonly caller: Caller;
  readonly host: HostView;
  readonly terminalId: string;
  readonly mode: AttachMode;
}

/** A host's terminal in a browser, or on a command line: the frames of protocol/terminal over a WebSocket. */
export function terminalRoute(make: RouteMaker, options: TerminalRouteOptions): ManagerRoute {
  const { auth, terminals } = options;
  const seats = new Seats(SEATS);
  const door = new Door(options);
  return make.ownGuard({ verb: VERB, isAboutHost: true, isAudited: true, takes: "ticket" }, {
    tags: ["terminals"],
    method: "GET",
    path: "/api/v1/hosts/{id}/terminals/{terminal}/attach",
    summary: "Attach to a terminal of a host: a WebSocket with binary messages",
    description:
      "A browser puts a `ticket` into the address; who sends a bearer token needs none. Each message is one " +
      "byte of type and a payload: what the terminal shows comes as `0x81` with its position and is acknowledged by " +
      "`0x03`, what is typed goes as `0x01`, the size as `0x02`. `from` is how many bytes are known already. It is " +
      "closed with 1000 after the terminal's end, with 4010 where attaching again is worth a try. Terminals are listed, " +
      "opened and ended by the host's own routes, `/api/v1/hosts/{id}/agent/v1/terminals`.",
    params: terminalAttachParams(),
    query: terminalAttachQuery(),
    produces: [],
    answers: { 101: "The messages begin" },
    errors: ["unauthorized", "not_found", "rate_limited"],
    async handle({ request, requestId, headers, address, query, params, caller: known }) {
      requireUpgrade(headers, "A terminal");
      terminals.admit();
      auth.checkOrigin(request, { address });
      const caller = await socketCaller(auth, known, query.ticket);
      const { mode = "control" } = query;
      const host = await door.hostFor(make, { caller, mode, terminalId: params.terminal }, params.id);
      const leave = seats.take(caller.actor);
      try {
        const visit = { caller, host, mode, terminalId: params.terminal };
        const sizes = { cols: numberOf(query.cols), rows: numberOf(query.rows), from: numberOf(query.from) };
        return door.upgraded(request, visit, { ...sizes, headers: headersToHost(headers, caller, requestId) }, leave);
      } catch (error) {
        leave();
        throw error;
      }
    },
  });
}

interface Wishes {
  readonly cols: number | undefined;
  readonly rows: number | undefined;
  readonly from: number | undefined;
  readonly headers: Headers;
}

class Door {
  readonly #options: TerminalRouteOptions;

  constructor(options: TerminalRouteOptions) {
    this.#options = options;
  }

  /** A refusal is in the audit. */
  async hostFor(make: RouteMaker, visit: Omit<Visit, "host">, name: string): Promise<HostView> {
    try {
      return make.authorised(visit.caller, VERB, name);
    } catch (thrown) {
      const entry = entryOf({ ...visit, host: { id: undefined, name } }, "terminal.attach", {});
      await this.#options.trail.notDone(entry, { thrown, wasRefused: true, isKnown: true });
      throw thrown;
    }
  }

  upgraded(request: Request, visit: Visit, wishes: Wishes, leave: () => void): Response {
    const { clock, terminals } = this.#options;
    const { socket, response } = upgradeToWebSocket(request, { idleTimeout: IDLE_SECONDS });
    socket.binaryType = "arraybuffer";
    const messages = new Allowances(clock, MESSAGES);
    let attached: AttachedTerminal | null = null;
    socket.onopen = () => {
      const { caller: { actor }, host: { id: hostId, name: host }, terminalId, mode } = visit;
      const told = this.#told(visit);
      attached = terminals.attach(socketOf(socket), { hostId, host, terminalId, mode, actor, told, ...wishes });
      const forget = this.#watch(visit, attached);
      void attached.over.then(() => {
        forget();
        leave();
      });
    };
    socket.onmessage = ({ data }) => {
      if (messages.take("") !== null) attached?.received(data);
      else attached?.close(TERMINAL_CLOSE_CODES.too_much, "too many messages");
    };
    // Closing can be told twice, and may come without opening ever having been.
    socket.onclose = () => attached === null ? leave() : attached.closed();
    // One that was open is closed right after; one that never opens ends here.
    socket.onerror = () => {
      if (attached === null) leave();
    };
    return response;
  }

  /** For as long as he may be there. */
  #watch({ caller, host }: Visit, attached: AttachedTerminal): () => void {
    const { auth, hub, lasting } = this.#options;
    let now = caller;
    return lasting.add({
      get caller() {
        return now;
      },
      renewed(renewed) {
        const host_ = hub.view(host.id);
        if (renewed !== null && host_ !== null && auth.mayUse(renewed, VERB, host_)) now = renewed;
        else attached.close(TERMINAL_CLOSE_CODES.unauthorized, "the session, or the right to this terminal, has ended");
      },
    });
  }

  #told(visit: Visit): TerminalTold {
    const { trail, log } = this.#options;
    let recording: string | null = null;
    return {
      begun: async (recordingId) => {
        recording = recordingId;
        await trail.done(entryOf(visit, "terminal.attach", { recording }));
      },
      failed: (thrown) =>
        trail.notDone(entryOf(visit, "terminal.attach", {}), { thrown, wasRefused: false, isKnown: true }),
      ended: async (end) => {
        try {
          await trail.done(entryOf(visit, "terminal.leave", { recording, ...end }));
        } catch (error) {
          // The trail has logged it; there is nobody left to tell.
          log.debug("the end of a terminal's use is not in the audit", { error });
        }
      },
    };
  }
}

function entryOf(
  { caller, host, terminalId, mode }: Omit<Visit, "host"> & { readonly host: { id: string | undefined; name: string } },
  action: string,
  details: Readonly<Record<string, unknown>>,
): Omit<AuditRecord, "result"> {
  return {
    actor: caller.actor,
    address: caller.address,
    action,
    subject: `host ${host.name}: terminal ${terminalId}`,
    ...(host.id !== undefined && { hostId: host.id }),
    details: { terminal: terminalId, mode, ...details },
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function socketOf(socket: WebSocket): TerminalSocket {
  return {
    get readyState() {
      return socket.readyState;
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (bytes) => socket.send(bytes),
    close: (code, reason) => socket.close(code, reason),
    drop: () => void dropSocket(socket),
  };
}

import { AppError } from "../../core/mod.ts";
import { type AnyRoute, defineRawRoute, defineRoute } from "../../http/mod.ts";
import {
  attachQuery,
  callerIn,
  isTerminalSize,
  newTerminal,
  terminalExit,
  terminalList,
  terminalParams,
  terminalView,
} from "../../protocol/mod.ts";
import { upgrade } from "../../tunnel/mod.ts";
import type { Size } from "./frames.ts";
import type { Terminals } from "./terminals.ts";

/** What the control API has of terminals. */
export function terminalRoutes(terminals: Terminals): AnyRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/v1/terminals",
      summary: "Show the terminals that are open on this host",
      access: "owner",
      response: terminalList,
      handle: () => ({ terminals: terminals.list() }),
    }),
    defineRoute({
      method: "POST",
      path: "/v1/terminals",
      summary: "Open a terminal with a shell of the configured user, which waits for somebody to attach",
      access: "owner",
      body: newTerminal(),
      response: terminalView,
      errors: ["not_found", "forbidden", "unsupported", "rate_limited", "unavailable"],
      handle: ({ body, caller, headers }) => terminals.open(body, nameOf(caller, headers)),
    }),
    defineRoute({
      method: "DELETE",
      path: "/v1/terminals/{id}",
      summary: "End a terminal with everything that runs on it, and tell how its shell has ended",
      access: "owner",
      params: terminalParams(),
      response: terminalExit,
      errors: ["not_found"],
      handle: ({ params: { id }, caller, headers }) => terminals.end(id, nameOf(caller, headers)),
    }),
    attachRoute(terminals),
  ];
}

function attachRoute(terminals: Terminals): AnyRoute {
  return defineRawRoute({
    method: "GET",
    path: "/v1/terminals/{id}/attach",
    summary: "Turn this exchange of the tunnel into a terminal's frames, to type on it or to look at it",
    access: "owner",
    params: terminalParams(),
    query: attachQuery(),
    produces: ["application/octet-stream"],
    answers: { "101": "Frames both ways; through the tunnel only." },
    errors: ["not_found", "unsupported", "rate_limited"],
    handle: ({ request, params: { id }, query: { mode = "control", cols, rows, from = "0" }, caller, headers }) => {
      const guest = { actor: nameOf(caller, headers), mode, size: sizeOf(cols, rows), from: Number(from) };
      const answer = upgrade(request, (duplex) => terminals.attach(id, duplex, guest));
      terminals.requireAttachable(id);
      return answer;
    },
  });
}

/** On the addresses that are this host's own the gates tell of nobody in particular; what a header says there counts for nothing. */
function nameOf(caller: unknown, headers: Headers): string {
  return caller === undefined ? "owner" : callerIn(headers);
}

function sizeOf(cols: string | undefined, rows: string | undefined): Size | null {
  if (cols === undefined && rows === undefined) return null;
  const size = { cols: Number(cols), rows: Number(rows) };
  if (isTerminalSize(size)) return size;
  throw new AppError("invalid_input", "cols and rows must be given both, from 1 to 1000 each");
}

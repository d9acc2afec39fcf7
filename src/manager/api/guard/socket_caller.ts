import { AppError } from "../../../core/mod.ts";
import type { Caller } from "../../../protocol/mod.ts";
import type { AuthPort } from "../ports.ts";

/**
 * Who opens a WebSocket: whose ticket it is, or who sends a bearer's token. A browser sends its cookie for whatever page has made
 * it come, so a cookie alone opens nothing.
 */
export async function socketCaller(
  auth: AuthPort,
  caller: Caller | null,
  ticket: string | undefined,
): Promise<Caller> {
  if (ticket !== undefined) return await auth.tickets.take(ticket);
  if (caller !== null && caller.csrf === null) return caller;
  throw new AppError("unauthorized", "A WebSocket needs a ticket (POST /api/v1/tickets) or a bearer token");
}

/** Throws for a request that does not ask for a WebSocket. */
export function requireUpgrade(headers: Headers, path: string): void {
  if (headers.get("upgrade")?.toLowerCase() === "websocket") return;
  throw new AppError("invalid_input", `${path} is a WebSocket; ask for it with Upgrade: websocket`);
}

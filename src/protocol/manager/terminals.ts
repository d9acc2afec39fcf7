import * as z from "zod/mini";
import { attachQuery } from "../terminal/terminals.ts";
import { idText } from "./access.ts";

/**
 * `GET /api/v1/hosts/{id}/terminals/{terminal}/attach`: a WebSocket to a terminal that lives on a host. Each binary message
 * is a frame of protocol/terminal/frames.ts without its length. A browser opens it with a ticket in the address; who
 * sends a bearer's token needs none. Terminals are listed, opened and ended by the host's own routes,
 * `/api/v1/hosts/{id}/agent/v1/terminals`.
 */

export const terminalAttachPath = (host: string, terminal: string): string =>
  `/api/v1/hosts/${encodeURIComponent(host)}/terminals/${encodeURIComponent(terminal)}/attach`;

export const terminalAttachParams = () => z.strictObject({ id: idText(), terminal: idText() });

export const terminalAttachQuery = () =>
  z.extend(attachQuery(), { ticket: z.optional(z.string().check(z.maxLength(200))) });

/**
 * With what the manager closes such a WebSocket; the reason says it in words. Whatever is not in here, such as 1001 and 1006,
 * is a network or a manager that went away: attach again, with `from`.
 */
export const TERMINAL_CLOSE_CODES = {
  /** The terminal has ended; a frame `exit` came before. */
  normal: 1000,
  /** The session or token has ended, or the right to use this host's terminals. */
  unauthorized: 4001,
  /** The host does not allow it; attaching again would be refused again. */
  refused: 4003,
  /** There is no such terminal any more. */
  gone: 4004,
  /** Nothing was read for too long: attach again, with `from`. */
  too_slow: 4008,
  /** A message that is none, or more input than the host takes in. What was not taken is lost. */
  too_much: 4009,
  /** The way to the host broke, the host is not connected, or the manager stops: attach again, with `from`. */
  try_again: 4010,
} as const;

/**
 * What both ends of the tunnel agree on before a byte of it is read: https://host/tunnel asked for as a WebSocket with
 * this subprotocol. A change that an older end would misread gets a new name here and a line in the ledger; both ends
 * then offer and accept the names they know, the newest first.
 *
 * Ledger of the subprotocol:
 * - `farhand.v1`: binary messages whose bytes, put one after the other, are yamux version 0 (src/tunnel/yamux/frame.ts
 *   is its specification and has its own ledger). Who dialled is the client and opens odd streams. Each stream is one
 *   exchange: a head as u32 big-endian length and JSON, then the bytes of the body, then half-close, each way. The
 *   opener's head is `{"method", "path", "headers"}`, the acceptor's `{"status", "headers"}`; headers are pairs of a
 *   lowercase name and a value. Members that an end does not know are passed over. After status 101 the rest of the
 *   stream is raw bytes both ways. An acceptor that wants no more of a request finishes its answer and then resets.
 */
export const TUNNEL_SUBPROTOCOL = "farhand.v1";

/** With what a WebSocket of the tunnel is closed; an application may use 1000 and 4000 to 4999 only. */
export const TUNNEL_CLOSE_CODES = {
  normal: 1000,
  protocol_error: 4002,
  internal_error: 4011,
} as const;

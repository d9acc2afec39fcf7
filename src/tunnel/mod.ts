/**
 * tunnel (L2): HTTP-shaped exchanges both ways over one connection, used by both of its ends: the agent dials out, and
 * from then on each side can make requests to the other. `yamux/` makes many streams of one link (its frame.ts is the
 * specification), `exchange/` makes a request and its answer of one stream. No sockets in here: a `Transport` carries
 * binary messages, and `webSocketTransport` makes one of a WebSocket that is open.
 *
 * Lifecycle: `createSession` begins at once and lasts until `close`, `drain`, a broken link or a peer that breaks the
 * protocol; then all that was under way fails, `onEnd` is called once, and nothing is left behind. A session that is
 * idle owns no timer and no buffer.
 *
 * To add one more kind of exchange: a route of the app that is served, nothing here. What a handler answers with
 * `upgrade` gets the raw bytes of its stream. A change of the protocol begins with its ledger in protocol/tunnel.
 *
 * May import: core, protocol.
 *
 * @module
 */
export {
  type Duplex,
  type DuplexAnswer,
  type FetchOptions,
  type ServeHandler,
  type ServeInfo,
  type Session,
  type SessionOptions,
  TUNNEL_ORIGIN,
} from "./exchange/contract.ts";
export { createSession } from "./exchange/session.ts";
export { upgrade, type UseDuplex } from "./exchange/upgrade.ts";
export { DEFAULT_LIMITS, type TunnelLimits } from "./limits.ts";
export type { Transport, TransportReceiver } from "./transport.ts";
export { type WebSocketLimits, webSocketTransport } from "./web_socket_transport.ts";
export type { SessionEnd } from "./yamux/yamux_session.ts";

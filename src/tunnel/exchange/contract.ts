import type { Clock } from "../../core/mod.ts";
import type { TunnelLimits } from "../limits.ts";
import type { SessionEnd } from "../yamux/yamux_session.ts";

/** Where every request of the tunnel goes to; only path and query are sent. */
export const TUNNEL_ORIGIN = "http://tunnel";

/** Raw bytes both ways, after status 101. */
export interface Duplex {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Closing it is a half-close: the other direction goes on. */
  readonly writable: WritableStream<Uint8Array>;
}

export type DuplexAnswer =
  | ({ readonly isUpgraded: true; readonly headers: Headers } & Duplex)
  /** The other side answered otherwise. */
  | { readonly isUpgraded: false; readonly response: Response };

export interface FetchOptions {
  /** How long the head of the answer may take; unbounded but for the request's signal if absent. */
  readonly headTimeoutMs?: number;
}

/** Answers what the other side asks for; `app.fetch` of Hono is one. The request's signal aborts when its asker is gone. */
export type ServeHandler = (request: Request, info: ServeInfo) => Response | Promise<Response>;

export interface ServeInfo {
  readonly session: Session;
}

/** HTTP-shaped exchanges with the other end of a tunnel, either way. */
export interface Session {
  /**
   * Rejects with an AppError: `unavailable` when the tunnel or the stream breaks or takes nothing new, `rate_limited` at the
   * limit of streams, `timeout`, `too_large` for a head; and with the signal's reason when the request is aborted.
   */
  fetch(request: Request, options?: FetchOptions): Promise<Response>;
  /** As fetch, for a handler that answers with `upgrade`. */
  duplex(request: Request, options?: FetchOptions): Promise<DuplexAnswer>;
  /** Milliseconds until the other side answered. */
  ping(signal?: AbortSignal): Promise<number>;
  /**
   * Takes and makes no new requests, lets those under way finish, and then closes. The signal ends the waiting: what is
   * under way then fails. Resolves when the session is closed.
   */
  drain(signal: AbortSignal): Promise<void>;
  /** Closes at once; what is under way fails. Idempotent. */
  close(reason?: string): void;
  /** How it ended, or null. */
  readonly end: SessionEnd | null;
  /** Whether either side takes no new requests. */
  readonly isDraining: boolean;
  readonly streamCount: number;
  /** When the last message came, by the clock's monotonic time; one watch over many sessions needs no ping answered. */
  readonly heardAtMs: number;
}

export interface SessionOptions {
  /** Who dialled is the client; the two ends must differ. */
  readonly role: "client" | "server";
  /** Without it every request of the other side is answered 501. */
  readonly serve?: ServeHandler;
  readonly limits?: Partial<TunnelLimits>;
  readonly clock?: Clock;
  /** Called once, when nothing works any more, whoever ended it. */
  readonly onEnd?: (end: SessionEnd) => void;
  /** The other side wants no new requests. */
  readonly onDraining?: () => void;
  /** A handler threw, or the body that it gave failed; the other side was told no more than 500, or a broken body. */
  readonly onServeError?: (error: unknown, request: Request) => void;
}

import { AppError, type Clock, systemClock } from "../../core/mod.ts";
import { DEFAULT_LIMITS, type TunnelLimits } from "../limits.ts";
import type { Transport } from "../transport.ts";
import { INITIAL_WINDOW_BYTES } from "../yamux/frame.ts";
import { type SessionEnd, YamuxSession } from "../yamux/yamux_session.ts";
import type { DuplexAnswer, FetchOptions, Session, SessionOptions } from "./contract.ts";
import type { ResponseHead } from "./head.ts";
import { OpenedExchange } from "./opened.ts";
import { type ServeContext, ServedExchange } from "./served.ts";

/** Speaks the tunnel's protocol over a transport that is open. */
export function createSession(transport: Transport, options: SessionOptions): Session {
  const limits = options.limits === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...options.limits };
  if (limits.windowBytes < INITIAL_WINDOW_BYTES) {
    throw new RangeError(`windowBytes must be at least ${INITIAL_WINDOW_BYTES}, which yamux grants unasked`);
  }
  return new TunnelSession(transport, options, limits);
}

class TunnelSession implements Session {
  readonly #yamux: YamuxSession;
  readonly #limits: TunnelLimits;
  readonly #clock: Clock;
  #drained: PromiseWithResolvers<void> | null = null;

  constructor(transport: Transport, options: SessionOptions, limits: TunnelLimits) {
    this.#limits = limits;
    this.#clock = options.clock ?? systemClock;
    const context: ServeContext = {
      limits,
      serve: options.serve,
      info: { session: this },
      onServeError: options.onServeError,
      served: 0,
    };
    this.#yamux = new YamuxSession(transport, {
      role: options.role,
      maxStreams: limits.maxStreams,
      windowBytes: limits.windowBytes,
      clock: this.#clock,
      onStream: (stream) => new ServedExchange(stream, context),
      onEnd: (end) => options.onEnd?.(end),
      onDraining: options.onDraining,
    });
  }

  get end(): SessionEnd | null {
    return this.#yamux.end;
  }

  get isDraining(): boolean {
    return this.#yamux.isDraining;
  }

  get streamCount(): number {
    return this.#yamux.streamCount;
  }

  get heardAtMs(): number {
    return this.#yamux.heardAtMs;
  }

  async fetch(request: Request, options: FetchOptions = {}): Promise<Response> {
    const exchange = this.#open(request, false);
    const head = await this.#headOf(exchange, options);
    if (head.status !== 101) return exchange.response(head);
    const error = new AppError("unsupported", "The other side answered with raw bytes, which this request cannot take");
    exchange.reset(error);
    throw error;
  }

  async duplex(request: Request, options: FetchOptions = {}): Promise<DuplexAnswer> {
    if (request.body !== null) throw new AppError("invalid_input", "A request for raw bytes cannot have a body");
    const exchange = this.#open(request, true);
    const head = await this.#headOf(exchange, options);
    if (head.status === 101) {
      const { readable, writable } = exchange.duplex();
      return { isUpgraded: true, headers: new Headers(head.headers), readable, writable };
    }
    exchange.finish();
    return { isUpgraded: false, response: exchange.response(head) };
  }

  ping(signal?: AbortSignal): Promise<number> {
    return this.#yamux.ping(signal);
  }

  async drain(signal: AbortSignal): Promise<void> {
    this.#yamux.goAway();
    const onAbort = () => this.close("was closed before everything under way had finished");
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await (this.#drained ??= this.#whenDrained()).promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(reason = "was closed by this side"): void {
    this.#yamux.close(new AppError("unavailable", `Cannot reach the other side: the tunnel ${reason}`));
  }

  #whenDrained(): PromiseWithResolvers<void> {
    const drained = Promise.withResolvers<void>();
    this.#yamux.whenEmpty(() => {
      this.close();
      drained.resolve();
    });
    return drained;
  }

  #open(request: Request, staysOpen: boolean): OpenedExchange {
    request.signal.throwIfAborted();
    if (request.bodyUsed || request.body?.locked) throw new TypeError("The body of this request was read already");
    const head = OpenedExchange.encode(request, this.#limits);
    return new OpenedExchange(this.#yamux.open(), request, head, this.#limits, staysOpen);
  }

  async #headOf(exchange: OpenedExchange, { headTimeoutMs }: FetchOptions): Promise<ResponseHead> {
    if (headTimeoutMs === undefined) return await exchange.head;
    const answered = new AbortController();
    this.#clock.sleep(headTimeoutMs, answered.signal).then(
      () => exchange.reset(new AppError("timeout", `No answer through the tunnel within ${headTimeoutMs} ms`)),
      () => {}, // it was answered before
    );
    try {
      return await exchange.head;
    } finally {
      answered.abort();
    }
  }
}

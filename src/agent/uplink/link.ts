import { AppError, messageOf, withinTime } from "../../core/mod.ts";
import { ApiClient } from "../../http/mod.ts";
import type { Welcome } from "../../protocol/mod.ts";
import { createSession, type Session, TUNNEL_ORIGIN, webSocketTransport } from "../../tunnel/mod.ts";
import { gapOf } from "./backfill.ts";
import { Backfiller } from "./backfiller.ts";
import { EventReporter } from "./event_reporter.ts";
import { Heartbeats } from "./heartbeats.ts";
import { type Liveness, look, periodOf } from "./liveness.ts";
import type { LinkEnd, LinkOptions } from "./link_contract.ts";
import { MAX_ASKED_MS } from "./reconnect.ts";

/** A manager that goes away without a word on it is left alone for a part of this. */
const USUAL_DRAIN_MS = 5_000;
/** Time that the two ends have to close a connection in good order. */
const CLOSING_MS = 2_000;

/** One connection to the manager, from the welcome to its end. */
export class Link {
  readonly name: string;
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<LinkEnd>;
  readonly #options: LinkOptions;
  readonly #socket: WebSocket;
  readonly #session: Session;
  readonly #api: ApiClient;
  readonly #startedMs: number;
  readonly #over = new AbortController();
  readonly #heartbeats: Heartbeats;
  #reason = "it was closed";
  #againAtMs: number | null = null;

  /** To be called in the moment of the welcome: what comes after it is the tunnel's. */
  constructor(socket: WebSocket, welcome: Welcome, options: LinkOptions) {
    const { clock, ports, memory, log } = options;
    this.#options = options;
    this.#socket = socket;
    this.name = welcome.name;
    this.#startedMs = clock.monotonicMs();
    memory.unfilled = gapOf(welcome.have, memory.unfilled, clock.nowMs());
    this.#session = createSession(webSocketTransport(socket), {
      role: "client",
      clock,
      serve: (request) => ports.serve(request),
      onEnd: ({ error }) => this.#end(error.message),
      onDraining: () => this.#leaveWithin(USUAL_DRAIN_MS),
      onServeError: (error, { method }) => log.warn("a request of the manager failed", { method, error }),
    });
    this.#api = new ApiClient((path, init) => this.#session.fetch(new Request(TUNNEL_ORIGIN + path, init)));
    this.#heartbeats = new Heartbeats(welcome, {
      ...options,
      call: (path, body, signal) => this.#call(path, body, signal),
      ping: (signal) => this.#session.ping(signal),
      onDrain: (drainMs) => this.#leaveWithin(drainMs),
    });
    this.ended = this.#run(welcome);
  }

  get latencyMs(): number | undefined {
    return this.#heartbeats.latencyMs;
  }

  /** Asks the manager something through the tunnel; rejects as it answers, or with `unavailable` or `timeout`. */
  async call(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const { clock, timeoutMs } = this.#options;
    const limitMs = timeoutMs();
    const answered = await withinTime(clock, limitMs, signal, (limit) => this.#call(path, body, limit));
    if (answered.late !== true) return answered.value;
    throw new AppError("timeout", `The manager did not answer within ${limitMs} ms`, { retryable: true });
  }

  close(reason: string): void {
    this.#end(reason);
    this.#session.close(reason);
  }

  #call(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    return this.#api.call(path, { method: "POST", body, signal });
  }

  async #run(welcome: Welcome): Promise<LinkEnd> {
    const { clock, log, ports, memory, random } = this.#options;
    const { signal } = this.#over;
    const call = (path: string, body: unknown) => this.call(path, body, signal);
    const backfiller = new Backfiller(welcome.series, {
      clock,
      log,
      samples: ports.samples,
      memory,
      call,
      ended: signal,
    });
    const events = new EventReporter(welcome.have.eventSeq, { clock, log, random, processes: ports.processes, call });
    const forget = ports.processes.onEvent(() => {
      this.#heartbeats.processesChanged();
      events.wake();
    });
    const whole = [
      this.#heartbeats.run(signal, () => backfiller.step(this.#heartbeats.intervalMs)),
      events.run(signal),
      this.#watch(signal),
    ];
    // Each ends when the connection does; the first that fails ends it.
    await Promise.all(whole.map((part) => part.catch((error) => this.close(messageOf(error)))));
    forget();
    await backfiller.settled();
    await this.#untilClosed();
    const againInMs = this.#againAtMs === null ? null : Math.max(0, this.#againAtMs - clock.monotonicMs());
    return {
      reason: this.#reason,
      livedMs: clock.monotonicMs() - this.#startedMs,
      ...(againInMs !== null && { againInMs }),
    };
  }

  /** The manager is to know that this one is over before it sees another. */
  async #untilClosed(): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState === WebSocket.CLOSED) return;
    const closed = new AbortController();
    socket.addEventListener("close", () => closed.abort(), { once: true });
    await this.#options.clock.sleep(CLOSING_MS, closed.signal).catch(() => {}); // it has closed
  }

  #end(reason: string): void {
    if (this.#over.signal.aborted) return;
    this.#reason = reason;
    this.#over.abort(
      new AppError("unavailable", `The connection to the manager has ended: ${reason}`, { retryable: true }),
    );
  }

  /** A silent connection may be one that is none any more, which nobody else would notice. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let state: Liveness = { heardAtMs: this.#session.heardAtMs, missed: 0 };
    while (!signal.aborted) {
      const periodMs = periodOf(this.#heartbeats.intervalMs);
      await clock.sleep(periodMs / 2, signal).catch(() => {}); // ended, which the loop sees
      if (signal.aborted) return;
      const { next, verdict } = look(state, this.#session.heardAtMs, clock.monotonicMs(), periodMs);
      state = next;
      if (verdict === "dead") throw new AppError("timeout", "the manager is silent");
      // Whether it is answered is seen by when something was heard.
      if (verdict === "ask") this.#session.ping(signal).catch(() => {});
    }
  }

  /** Leaves after a random part of that time, or when the manager closes, and does not come back before. */
  #leaveWithin(spreadMs: number): void {
    const { clock, random } = this.#options;
    if (this.#againAtMs !== null) return;
    const waitMs = Math.min(Math.max(0, spreadMs), MAX_ASKED_MS) * random();
    this.#againAtMs = clock.monotonicMs() + waitMs;
    this.#heartbeats.leaving();
    clock.sleep(waitMs, this.#over.signal).then(
      () => this.close("the manager has asked this host to connect anew"),
      () => {}, // it has ended before
    );
  }
}

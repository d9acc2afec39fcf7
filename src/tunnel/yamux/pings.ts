import { AppError, type Clock } from "../../core/mod.ts";

/** Pings under way at a time: more only pile up on a link that answers none. */
const MAX_PENDING = 16;

interface Pending {
  readonly sentAtMs: number;
  readonly resolve: (roundTripMs: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** Pings that were sent and not answered yet, by their numbers. */
export class Pings {
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(send: (id: number) => void, signal?: AbortSignal): Promise<number> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#pending.size >= MAX_PENDING) {
      const message = `Cannot ping: ${MAX_PENDING} pings are unanswered; wait for one, or abort it`;
      return Promise.reject(new AppError("rate_limited", message, { retryable: true }));
    }
    const id = this.#nextId;
    this.#nextId = (id + 1) >>> 0;
    const answer = new Promise<number>((resolve, reject) => {
      this.#pending.set(id, { sentAtMs: this.#clock.monotonicMs(), resolve, reject });
    });
    send(id);
    return signal === undefined ? answer : this.#bounded(id, answer, signal);
  }

  /** An answer has come; one that nobody waits for any more is passed over. */
  settle(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.resolve(this.#clock.monotonicMs() - pending.sentAtMs);
  }

  fail(error: AppError): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  async #bounded(id: number, answer: Promise<number>, signal: AbortSignal): Promise<number> {
    const onAbort = () => {
      this.#pending.get(id)?.reject(signal.reason);
      this.#pending.delete(id);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await answer;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}

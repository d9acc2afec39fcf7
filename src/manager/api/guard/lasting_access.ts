import { type Clock, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import type { Caller } from "../../../protocol/mod.ts";
import type { AuthPort } from "../ports.ts";

/** A connection that goes on for longer than the permission that it was opened with may last. */
export interface Lasting {
  readonly caller: Caller;
  /** The caller as he is now; null once his session or token has ended, or he himself. */
  renewed(caller: Caller | null): void;
  /** Called at each round, for whoever must say now and then that he is there. */
  tick?(): void;
}

const ROUND_MS = 15_000;

/**
 * Looks whether those who hold connections open still may: after each change of users and tokens, and regularly, since
 * they also expire. One timer serves all, and there is none while there are none.
 */
export class LastingAccess {
  readonly #auth: AuthPort;
  readonly #clock: Clock;
  readonly #trouble: StateLog;
  readonly #all = new Set<Lasting>();
  #round: AbortController | null = null;
  #isLooking = false;
  #mustLookAgain = false;

  constructor(auth: AuthPort, clock: Clock, log: Logger) {
    this.#auth = auth;
    this.#clock = clock;
    this.#trouble = createStateLog(log, clock, "check of who holds connections open");
  }

  get size(): number {
    return this.#all.size;
  }

  /** Gives what takes it out again. */
  add(lasting: Lasting): () => void {
    this.#all.add(lasting);
    if (this.#round === null) this.#begin(this.#round = new AbortController());
    return () => {
      this.#all.delete(lasting);
      if (this.#all.size > 0) return;
      this.#round?.abort();
      this.#round = null;
    };
  }

  #begin({ signal }: AbortController): void {
    const forget = this.#auth.onChange(() => void this.#look());
    signal.addEventListener("abort", forget, { once: true });
    void this.#go(signal);
  }

  async #go(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(ROUND_MS, signal);
      } catch {
        return; // the last one has left
      }
      for (const each of this.#all) each.tick?.();
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    this.#mustLookAgain = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#mustLookAgain) {
      this.#mustLookAgain = false;
      for (const each of [...this.#all]) if (this.#all.has(each)) await this.#renew(each);
    }
    this.#isLooking = false;
  }

  async #renew(each: Lasting): Promise<void> {
    try {
      const caller = await this.#auth.current(each.caller);
      this.#trouble.recovered();
      if (this.#all.has(each)) each.renewed(caller);
    } catch (error) {
      // It is asked again at the next round; a store that is away must not cut everybody off.
      this.#trouble.failed(messageOf(error));
    }
  }
}

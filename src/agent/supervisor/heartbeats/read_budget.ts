import type { Clock } from "../../../core/mod.ts";

const WINDOW_MS = 1_000;

/** Lets so much be read in a second; then whoever sends has to wait, instead of taking the agent's time. */
export class ReadBudget {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #windowEndsMs = -Infinity;
  #used = 0;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** Resolves when reading may go on; rejects when the signal aborts before. */
  async spend(amount: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#windowEndsMs) [this.#windowEndsMs, this.#used] = [nowMs + WINDOW_MS, 0];
    this.#used += amount;
    if (this.#used > this.#perSecond) await this.#clock.sleep(this.#windowEndsMs - nowMs, signal);
  }
}

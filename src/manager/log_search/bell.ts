import type { Clock } from "../../core/mod.ts";

/** Wakes one who waits, also when it was rung before the waiting began. */
export class Bell {
  readonly #clock: Clock;
  #wake: (() => void) | null = null;
  #isRung = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  /** Until it is rung, or the time is over; rejects when the signal aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    this.#wake = () => over.abort();
    if (this.#isRung) over.abort();
    try {
      await this.#clock.sleep(ms, either);
    } catch {
      signal.throwIfAborted(); // else it was rung
    } finally {
      this.#wake = null;
      this.#isRung = false;
    }
  }
}

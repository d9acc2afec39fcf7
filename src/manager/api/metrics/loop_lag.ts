import type { Clock } from "../../../core/mod.ts";

const EVERY_MS = 500;
const REMEMBERED = 120;

/** How late timers are, which is how long everything waits that wants to be done. */
export class LoopLag {
  readonly #clock: Clock;
  /** Of the last minute. */
  readonly #lateMs: number[] = [];
  #at = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Measures until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const beforeMs = this.#clock.monotonicMs();
      try {
        await this.#clock.sleep(EVERY_MS, signal);
      } catch {
        return; // the manager stops
      }
      this.#lateMs[this.#at++ % REMEMBERED] = Math.max(0, this.#clock.monotonicMs() - beforeMs - EVERY_MS);
    }
  }

  /** Absent before anything was measured. */
  report(): { readonly meanSeconds: number; readonly maxSeconds: number } | null {
    const count = this.#lateMs.length;
    if (count === 0) return null;
    const sum = this.#lateMs.reduce((total, each) => total + each, 0);
    return { meanSeconds: sum / count / 1000, maxSeconds: Math.max(...this.#lateMs) / 1000 };
  }
}

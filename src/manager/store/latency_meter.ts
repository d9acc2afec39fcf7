import type { Clock } from "../../core/mod.ts";

const WINDOW_MS = 1_000;

/** The mean over the last second in which anything was measured, and what has been measured since. */
export class LatencyMeter {
  readonly #clock: Clock;
  #beganMs = -Infinity;
  #sumMs = 0;
  #count = 0;
  #before = { sumMs: 0, count: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What has begun at these times is done now. */
  add(begunMs: readonly number[]): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#beganMs >= WINDOW_MS) {
      this.#before = { sumMs: this.#sumMs, count: this.#count };
      this.#beganMs = nowMs;
      this.#sumMs = 0;
      this.#count = 0;
    }
    for (const beganMs of begunMs) this.#sumMs += nowMs - beganMs;
    this.#count += begunMs.length;
  }

  meanMs(): number | undefined {
    const count = this.#count + this.#before.count;
    return count === 0 ? undefined : (this.#sumMs + this.#before.sumMs) / count;
  }
}

import type { Clock } from "../../core/mod.ts";

/** So many hosts can shake hands in a second without anybody noticing; see the bench. */
const LOGINS_PER_SECOND = 500;
const LEAST_LATER_MS = 1_000;
const MOST_LATER_MS = 60_000;

/** When hosts are to leave, and when those that cannot be let in now are to come again. */
export class Leaving {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #awaited: () => number;
  #untilMs: number | null = null;
  #spreadMs = 0;

  /** `awaited`: how many hosts are not connected and may come. */
  constructor(clock: Clock, random: () => number, awaited: () => number) {
    this.#clock = clock;
    this.#random = random;
    this.#awaited = awaited;
  }

  get hasBegun(): boolean {
    return this.#untilMs !== null;
  }

  begin(spreadMs: number): void {
    this.#spreadMs = spreadMs;
    this.#untilMs = this.#clock.monotonicMs() + spreadMs;
  }

  /** Within what time a host is to leave; null while nobody has to. */
  drainMs(): number | null {
    return this.#untilMs === null ? null : Math.max(0, this.#untilMs - this.#clock.monotonicMs());
  }

  /** At random, so that those who were sent away together do not come back together. */
  laterMs(): number {
    const crowdMs = Math.min(MOST_LATER_MS, this.#awaited() / LOGINS_PER_SECOND * 1_000);
    return LEAST_LATER_MS + this.#random() * Math.max(crowdMs, this.#spreadMs, LEAST_LATER_MS);
  }
}

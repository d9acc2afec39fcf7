import type { Clock } from "../../../../core/mod.ts";

/** The agent does nothing else for about so long. */
const LONGEST_TURN_MS = 6;

/** Gives everything else in the agent its turn while something takes long. */
export class Pace {
  readonly #clock: Clock;
  #sinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  /** To be called often; mostly it does nothing. */
  async rest(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#sinceMs < LONGEST_TURN_MS) return;
    // Not by the clock: of that of a test no time passes, and this is no wait.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#sinceMs = this.#clock.monotonicMs();
  }
}

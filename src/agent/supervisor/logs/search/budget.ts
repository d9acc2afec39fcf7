import type { Clock } from "../../../../core/mod.ts";

export interface BudgetOptions {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What a search may cost, and what it has cost. */
export class Budget {
  scannedBytes = 0;
  files = 0;
  readonly #options: BudgetOptions;
  readonly #endMs: number;

  constructor(options: BudgetOptions) {
    this.#options = options;
    this.#endMs = options.clock.monotonicMs() + options.timeoutMs;
  }

  /** Of what it has used up all that there was; throws when nobody waits for the search any more. */
  get spent(): "time" | "bytes" | null {
    this.throwIfAborted();
    const { clock, maxBytes } = this.#options;
    if (this.scannedBytes >= maxBytes) return "bytes";
    return clock.monotonicMs() >= this.#endMs ? "time" : null;
  }

  throwIfAborted(): void {
    this.#options.signal.throwIfAborted();
  }
}

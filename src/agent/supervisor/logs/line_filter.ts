import type { Clock, Pattern } from "../../../core/mod.ts";

/** So long all lines of one question together may take to be matched. */
const MAX_TESTING_MS = 3_000;

/** Whether lines are wanted. Matching takes linear time; what takes long all the same is given up. */
export class LineFilter {
  readonly #pattern: Pattern | undefined;
  readonly #clock: Clock;
  #spentMs = 0;

  constructor(pattern: Pattern | undefined, clock: Clock) {
    this.#pattern = pattern;
    this.#clock = clock;
  }

  /** True once so much time was spent that the rest is not looked at any more. */
  get isExhausted(): boolean {
    return this.#spentMs > MAX_TESTING_MS;
  }

  keep<T extends { readonly text: string }>(lines: T[]): T[] {
    const pattern = this.#pattern;
    if (pattern === undefined || lines.length === 0) return lines;
    const startMs = this.#clock.monotonicMs() - this.#spentMs;
    const kept = lines.filter(({ text }) => !this.isExhausted && this.#test(pattern, text, startMs));
    this.#spentMs = this.#clock.monotonicMs() - startMs;
    return kept;
  }

  #test(pattern: Pattern, text: string, startMs: number): boolean {
    const testing = pattern.testInParts(text);
    for (;;) {
      const { done, value } = testing.next();
      if (done === true) return value;
      this.#spentMs = this.#clock.monotonicMs() - startMs;
      if (this.isExhausted) return false;
    }
  }
}

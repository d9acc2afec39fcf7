import { AppError, type Clock } from "../../../core/mod.ts";

/** So much of a line is matched against a pattern. */
const MAX_TESTED_CHARS = 4_096;
/** So long all lines of one question together may take to be matched. */
const MAX_TESTING_MS = 3_000;

/** A repetition of nothing but a repetition, such as `(a+)*`: it means no more than the inner one, and can take for ever. */
const POINTLESS_REPETITION = /\((?:\?:|\?<\w+>)?(?:\\.|\[(?:\\.|[^\]\\])*\]|[^()\\[\]|])[+*]\)(?:[+*]|\{\d+,\})/;

/**
 * Whether lines are wanted. A pattern that backtracks without end on one line cannot be interrupted, so what is matched
 * is short and the worst kind of pattern is refused.
 */
export class LineFilter {
  readonly #pattern: RegExp | undefined;
  readonly #clock: Clock;
  #spentMs = 0;

  constructor(pattern: RegExp | undefined, clock: Clock) {
    if (pattern !== undefined && POINTLESS_REPETITION.test(pattern.source)) {
      throw new AppError("invalid_input", "Cannot search by this pattern: it repeats a repetition; write (a+)* as a*");
    }
    // `g` and `y` would make it remember where it was in the line before.
    this.#pattern = pattern && new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
    this.#clock = clock;
  }

  /** True once so much time was spent that the rest is not looked at any more. */
  get isExhausted(): boolean {
    return this.#spentMs > MAX_TESTING_MS;
  }

  keep<T extends { readonly text: string }>(lines: T[]): T[] {
    const pattern = this.#pattern;
    if (pattern === undefined || lines.length === 0) return lines;
    const startMs = this.#clock.monotonicMs();
    const kept = lines.filter(({ text }) => pattern.test(text.slice(0, MAX_TESTED_CHARS)));
    this.#spentMs += this.#clock.monotonicMs() - startMs;
    return kept;
  }
}

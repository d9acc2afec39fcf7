const RANGE = 2 ** 32;

/**
 * Carries counters of 32 bits on when they wrap, which on a busy host they do within hours: a fall from the upper half
 * of the range into the lower one is a wrap, any other is a new count. What is read so seldom that a counter goes half
 * of its range in between is not seen; nor is what was before this program started.
 */
export class WideCounters {
  readonly #known = new Map<string, { last: number; base: number }>();

  /** The next value of the counter that has this name. */
  next(name: string, value: number | undefined): number | undefined {
    if (value === undefined) return undefined;
    const known = this.#known.get(name);
    if (known === undefined) {
      this.#known.set(name, { last: value, base: 0 });
      return value;
    }
    if (value < known.last) known.base = known.last >= RANGE / 2 && value < RANGE / 2 ? known.base + RANGE : 0;
    known.last = value;
    return known.base + value;
  }
}

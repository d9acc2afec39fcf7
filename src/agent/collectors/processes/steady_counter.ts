/**
 * A counter that is a sum over processes which come and go. What an ended process has used moves to its parent, when
 * the parent asks; between the two, and for good when nobody of the tree asks, the sum falls. A counter must not: a
 * scraper would take the fall for a restart from zero, and count all of the rest as new.
 *
 * So it stands still where the sum falls. When the sum is still lower at the next reading, what is missing is gone for
 * good, and the counter goes on from there.
 */
export class SteadyCounter {
  #value = 0;
  #gone = 0;
  #fellBefore = false;

  next(sum: number): number {
    const value = sum + this.#gone;
    if (value >= this.#value) {
      this.#fellBefore = false;
      return this.#value = value;
    }
    if (this.#fellBefore) this.#gone += this.#value - value;
    this.#fellBefore = !this.#fellBefore;
    return this.#value;
  }
}

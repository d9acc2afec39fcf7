/** The rows with the largest values, largest first; of equal ones that which was offered first. */
export class TopRows {
  readonly #limit: number;
  readonly #rows: number[] = [];
  readonly #values: number[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get rows(): readonly number[] {
    return this.#rows;
  }

  get values(): readonly number[] {
    return this.#values;
  }

  /** Only what is more than nothing can be among the largest. */
  offer(row: number, value: number): void {
    const { length } = this.#values;
    if (!(value > 0) || (length >= this.#limit && value <= (this.#values[length - 1] ?? Infinity))) return;
    let at = length;
    while (at > 0 && (this.#values[at - 1] ?? 0) < value) at--;
    this.#values.splice(at, 0, value);
    this.#rows.splice(at, 0, row);
    if (this.#values.length > this.#limit) {
      this.#values.pop();
      this.#rows.pop();
    }
  }
}

/** Of the some 30 threads that the runtime has for all that may wait, file systems that do not answer get these at most. */
const MAX_CALLS = 8;

/** Lets so many calls be under way at once; the others wait their turn. */
export class CallSlots {
  #free = MAX_CALLS;
  readonly #waiting: (() => void)[] = [];

  async use<T>(call: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      return await call();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

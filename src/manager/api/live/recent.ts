/** Something that has happened, for all who want to be told. */
export interface RecentEntry<T> {
  /** Grows with each that is put in. */
  readonly n: number;
  readonly value: T;
  /** Made for the first who is told, for all of them. */
  text: string | null;
}

/**
 * The latest things that have happened, once for everybody: who is told later than others has a number and no list of his
 * own. What has happened again under the same key stands there once, as it is by now.
 */
export class Recent<T> {
  readonly #max: number;
  readonly #entries = new Map<string, RecentEntry<T>>();
  #last = 0;
  /** The highest that had to give way to newer ones. */
  #forgotten = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** That of the latest. */
  get last(): number {
    return this.#last;
  }

  put(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, { n: ++this.#last, value, text: null });
    if (this.#entries.size <= this.#max) return;
    for (const [oldest, { n }] of this.#entries) {
      this.#forgotten = n;
      this.#entries.delete(oldest);
      return;
    }
  }

  /** Whether something after this one is not there any more. */
  hasForgottenAfter(n: number): boolean {
    return this.#forgotten > n;
  }

  /** In the order in which it happened. */
  *after(n: number): Generator<RecentEntry<T>, void> {
    if (n >= this.#last) return;
    for (const entry of this.#entries.values()) if (entry.n > n) yield entry;
  }

  clear(): void {
    this.#entries.clear();
    this.#forgotten = this.#last;
  }
}

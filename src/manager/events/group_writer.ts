import { AppError } from "../../core/mod.ts";

interface Group<T> {
  readonly items: T[];
  readonly written: PromiseWithResolvers<void>;
}

/** So that no write keeps everything else waiting for long. */
const MAX_GROUP = 1_000;

/** What comes while a write is under way is written together by the next ones. */
export class GroupWriter<T> {
  readonly #write: (items: readonly T[]) => Promise<void>;
  readonly #maxWaiting: number;
  readonly #groups: Group<T>[] = [];
  #waiting = 0;
  #writing: Promise<void> | null = null;

  constructor(write: (items: readonly T[]) => Promise<void>, maxWaiting: number) {
    this.#write = write;
    this.#maxWaiting = maxWaiting;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves when they are written. Rejects with `unavailable` when too many wait already. */
  add(items: readonly T[]): Promise<void> {
    if (items.length === 0) return Promise.resolve();
    if (this.#waiting + items.length > this.#maxWaiting) {
      const message = `Cannot take ${items.length} events: ${this.#waiting} wait for the database; try again later`;
      return Promise.reject(new AppError("unavailable", message, { retryable: true }));
    }
    const group = this.#openGroup();
    for (const item of items) group.items.push(item);
    this.#waiting += items.length;
    this.#writing ??= this.#run();
    return group.written.promise;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  #openGroup(): Group<T> {
    const last = this.#groups.at(-1);
    if (last !== undefined && last.items.length < MAX_GROUP) return last;
    const group: Group<T> = { items: [], written: Promise.withResolvers<void>() };
    this.#groups.push(group);
    return group;
  }

  async #run(): Promise<void> {
    // What is added in the same turn of the event loop belongs to the first group.
    await Promise.resolve();
    for (let group = this.#groups.shift(); group !== undefined; group = this.#groups.shift()) {
      this.#waiting -= group.items.length;
      await this.#write(group.items).then(group.written.resolve, group.written.reject);
    }
    this.#writing = null;
  }
}

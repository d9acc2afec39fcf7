export interface NewestQueueOptions<T> {
  readonly maxItems: number;
  /** Of all that are kept. */
  readonly maxSize: number;
  sizeOf(item: T): number;
  /** Negative when the first one is older. */
  compare(a: T, b: T): number;
}

/** Keeps the newest of what it is given and gives them away the newest first; older ones make room and are forgotten. */
export class NewestQueue<T> {
  readonly #options: NewestQueueOptions<T>;
  /** The oldest first. */
  readonly #items: T[] = [];
  #maxItems: number;
  #size = 0;
  /** What is no newer is not kept any more. */
  #floor: T | undefined;
  #lost: "count" | "size" | null = null;

  constructor(options: NewestQueueOptions<T>) {
    this.#options = options;
    this.#maxItems = options.maxItems;
  }

  /** For want of what something was forgotten; null when nothing was. */
  get lost(): "count" | "size" | null {
    return this.#lost;
  }

  get length(): number {
    return this.#items.length;
  }

  get newest(): T | undefined {
    return this.#items.at(-1);
  }

  /** What is older than this, or as old, would not be kept; undefined where there is room for all. */
  get floor(): T | undefined {
    return this.room <= 0 ? this.#items[0] ?? this.#floor : this.#floor;
  }

  /** How many more can be kept without one being forgotten. */
  get room(): number {
    return this.#maxItems - this.#items.length;
  }

  add(item: T): void {
    const { compare, sizeOf, maxSize } = this.#options;
    if (this.#floor !== undefined && compare(item, this.#floor) <= 0) return void this.#lose("count");
    if (this.#maxItems <= 0) return void this.#lose("count");
    this.#items.splice(this.#placeOf(item), 0, item);
    this.#size += sizeOf(item);
    if (this.room < 0) this.#drop("count");
    while (this.#size > maxSize && this.#items.length > 1) this.#drop("size");
  }

  takeNewest(): T | undefined {
    const item = this.#items.pop();
    if (item !== undefined) this.#size -= this.#options.sizeOf(item);
    return item;
  }

  /** Keeps one less from now on: what was taken counts too. */
  reduce(): void {
    this.#maxItems--;
    if (this.room < 0) this.#drop("count");
  }

  /** Where it belongs; of those that are as old, what comes first counts as the newest. */
  #placeOf(item: T): number {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const there = this.#items[middle];
      if (there !== undefined && this.#options.compare(there, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #drop(why: "count" | "size"): void {
    const item = this.#items.shift();
    if (item === undefined) return;
    this.#size -= this.#options.sizeOf(item);
    this.#floor = item;
    this.#lose(why);
  }

  #lose(why: "count" | "size"): void {
    if (this.#lost !== "size") this.#lost = why;
  }
}

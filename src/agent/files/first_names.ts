import type { FolderEntry } from "../../platform/mod.ts";

/** The first of the names after a given one, of however many: what it keeps is bounded. */
export class FirstNames {
  readonly #after: string | null;
  readonly #limit: number;
  readonly #kept: FolderEntry[] = [];
  #hasMore = false;

  constructor(after: string | null, limit: number) {
    this.#after = after;
    this.#limit = limit;
  }

  /** In order. */
  get entries(): readonly FolderEntry[] {
    return this.#kept;
  }

  /** Whether there are others behind these. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  add(entry: FolderEntry): void {
    if (this.#after !== null && entry.name <= this.#after) return;
    const last = this.#kept.at(-1);
    if (this.#kept.length >= this.#limit) {
      this.#hasMore = true;
      if (last === undefined || entry.name >= last.name) return;
      this.#kept.pop();
    }
    this.#kept.splice(this.#placeOf(entry.name), 0, entry);
  }

  #placeOf(name: string): number {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#kept[middle]?.name ?? "") < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

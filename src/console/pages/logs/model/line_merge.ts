import type { NewLine } from "../../../lines/mod.ts";

export interface LineMergeOptions {
  readonly sources: readonly string[];
  /** So many lines wait at most, the newest. */
  readonly maxWaiting?: number;
  readonly onLines: (lines: readonly NewLine[]) => void;
  readonly now: () => number;
}

/** So long the first lines of one source wait for those of the others, so that all are in order. */
const PATIENCE_MS = 2_000;

/**
 * Puts the lines of several sources into one order: at the beginning all that there is, by its time; later those that come
 * between two looks. Lines without a time stay behind the one that came before them.
 */
export class LineMerge {
  readonly #options: LineMergeOptions;
  readonly #missing: Set<string>;
  readonly #endMs: number;
  #waiting: { readonly line: NewLine; readonly timeMs: number }[] = [];
  #dropped = 0;
  readonly #latest = new Map<string, number>();

  constructor(options: LineMergeOptions) {
    this.#options = options;
    this.#missing = new Set(options.sources);
    this.#endMs = options.now() + PATIENCE_MS;
  }

  /** How many fell out because too many waited, since this was asked last. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A source has told what it has, or will not. */
  isReady(source: string): void {
    this.#missing.delete(source);
  }

  put(lines: readonly NewLine[]): void {
    for (const line of lines) {
      const timeMs = line.timeMs ?? this.#latest.get(line.source) ?? 0;
      this.#latest.set(line.source, timeMs);
      this.#waiting.push({ line, timeMs });
    }
    const { maxWaiting = Infinity } = this.#options;
    // Some more may wait, so that not each line that comes moves all the others.
    if (this.#waiting.length <= maxWaiting * 1.1) return;
    this.#dropped += this.#waiting.length - maxWaiting;
    this.#waiting = this.#waiting.slice(-maxWaiting);
  }

  /** Passes on what waits; to be called now and then. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    if (this.#missing.size > 0 && this.#options.now() < this.#endMs) return;
    const ready = this.#waiting;
    this.#waiting = [];
    // Sorting is stable: what has one time stays as it came.
    ready.sort((a, b) => a.timeMs - b.timeMs);
    this.#options.onLines(ready.map(({ line }) => line));
  }
}

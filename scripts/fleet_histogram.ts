/** How often which span of time was seen, small enough to be passed between processes each second. */
export interface HistogramData {
  /** Pairs of a bucket's number and how many spans fell into it. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
  readonly maxMs: number;
}

/** Everything shorter is in the first bucket. */
const FIRST_MS = 0.02;
/** Each bucket is longer than the one before by this factor, which is how wrong a percentile can be. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);

function bucketOf(ms: number): number {
  return ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) / LOG_GROWTH);
}

function longestOf(bucket: number): number {
  return FIRST_MS * GROWTH ** bucket;
}

/** Spans of time in buckets of 2 %: of thousands each second nothing else needs to be kept. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #maxMs = 0;

  add(ms: number): void {
    this.#addTo(bucketOf(ms), 1);
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  merge({ buckets, maxMs }: HistogramData): void {
    for (const [bucket, count] of buckets) this.#addTo(bucket, count);
    this.#maxMs = Math.max(this.#maxMs, maxMs);
  }

  /** What was added since the last time that this was asked. */
  take(): HistogramData {
    const data = { buckets: [...this.#counts], maxMs: this.#maxMs };
    this.#counts.clear();
    this.#maxMs = 0;
    return data;
  }

  get count(): number {
    return this.#counts.values().reduce((sum, count) => sum + count, 0);
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** The span that `part` (0 to 1) of all spans do not exceed, too long by 2 % at most; null when there are none. */
  percentileMs(part: number): number | null {
    const wanted = Math.max(1, Math.ceil(this.count * part));
    let seen = 0;
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= wanted) return Math.min(longestOf(bucket), this.#maxMs);
    }
    return null;
  }

  #addTo(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
  }
}

import type { Clock } from "../../../core/mod.ts";

export interface AllowanceOptions {
  /** So many at once … */
  readonly burst: number;
  /** … and then one more after each of these. */
  readonly everyMs: number;
  /** Keys that are remembered; who was not seen for longest is forgotten, and begins with a full burst again. */
  readonly maxKeys?: number;
}

interface Bucket {
  left: number;
  atMs: number;
  /** What was refused since something was last allowed. */
  refused: number;
}

const MAX_KEYS = 1_000;

/** How often somebody may do something, for so many keys as it is told and no more. */
export class Allowances {
  readonly #clock: Clock;
  readonly #options: AllowanceOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, options: AllowanceOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** How many were refused since the last that was allowed; null when this one is refused too. */
  take(key: string): number | null {
    const bucket = this.#bucketOf(key);
    if (bucket.left < 1) {
      bucket.refused++;
      return null;
    }
    bucket.left--;
    const { refused } = bucket;
    bucket.refused = 0;
    return refused;
  }

  #bucketOf(key: string): Bucket {
    const { burst, everyMs, maxKeys = MAX_KEYS } = this.#options;
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(key) ?? { left: burst, atMs: nowMs, refused: 0 };
    bucket.left = Math.min(burst, bucket.left + (nowMs - bucket.atMs) / everyMs);
    bucket.atMs = nowMs;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > maxKeys) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return bucket;
  }
}

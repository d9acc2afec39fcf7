import type { ChunkPool } from "./chunk_pool.ts";
import { COARSE_SPAN_MS, coarseStepOf, FINE_SPAN_MS, fineStepOf, type Resolution } from "./resolution.ts";
import { Track } from "./track.ts";

const MAX_TRACKS = 4;

/** The rows of one host: the last hour as they came, the last day by the minute. */
export class HostRings {
  readonly #pool: ChunkPool;
  readonly #onEvicted: () => void;
  /** The one that is written to first, then those of steps from before, until they are too old. */
  #fine: Track[] = [];
  #coarse: Track[] = [];

  constructor(pool: ChunkPool, onEvicted: () => void) {
    this.#pool = pool;
    this.#onEvicted = onEvicted;
  }

  get fine(): readonly Track[] {
    return this.#fine;
  }

  get coarse(): readonly Track[] {
    return this.#coarse;
  }

  get chunkCount(): number {
    return [...this.#fine, ...this.#coarse].reduce((count, track) => count + track.chunkCount, 0);
  }

  /** Rows are kept at these steps from now on; what is there stays as it is. */
  keepAt(intervalMs: number, resolution: Resolution): void {
    const [fineMs, coarseMs] = [fineStepOf(intervalMs, resolution), coarseStepOf(intervalMs, resolution)];
    if (this.#fine[0]?.stepMs !== fineMs) {
      this.#fine = bounded([new Track(this.#pool, fineMs, FINE_SPAN_MS), ...this.#fine]);
    }
    if (this.#coarse[0]?.stepMs !== coarseMs) {
      this.#coarse = bounded([new Track(this.#pool, coarseMs, COARSE_SPAN_MS), ...this.#coarse]);
    }
  }

  /** A row that is older than the hour goes to the day alone. False when neither has room for it. */
  put(timeMs: number, values: Float64Array, nowMs: number): boolean {
    const [fine, coarse] = [this.#fine[0], this.#coarse[0]];
    if (fine === undefined || coarse === undefined) return false;
    if (timeMs < nowMs - FINE_SPAN_MS || fine.stepMs >= coarse.stepMs) {
      const isKept = this.#putMakingRoom(coarse, timeMs, values, nowMs);
      return timeMs < nowMs - FINE_SPAN_MS ? isKept : this.#putMakingRoom(fine, timeMs, values, nowMs) || isKept;
    }
    if (!this.#putMakingRoom(fine, timeMs, values, nowMs)) return false;
    this.#putMean(fine, coarse, timeMs, nowMs);
    return true;
  }

  /** Gives back what is older than its span. */
  prune(nowMs: number): void {
    this.#fine = pruned(this.#fine, nowMs - FINE_SPAN_MS);
    this.#coarse = pruned(this.#coarse, nowMs - COARSE_SPAN_MS);
  }

  drop(): void {
    for (const track of [...this.#fine, ...this.#coarse]) track.dropBefore(Infinity);
    this.#fine = [];
    this.#coarse = [];
  }

  /** The mean is made anew of the rows that are there, so it is right in whatever order they have come. */
  #putMean(fine: Track, coarse: Track, timeMs: number, nowMs: number): void {
    const { columns, means, counts } = this.#pool;
    const fromMs = Math.floor(timeMs / coarse.stepMs) * coarse.stepMs;
    means.fill(0);
    counts.fill(0);
    fine.sum(fromMs, fromMs + coarse.stepMs, means, counts);
    for (let column = 0; column < columns; column++) {
      const count = counts[column] ?? 0;
      means[column] = count === 0 ? NaN : (means[column] ?? 0) / count;
    }
    this.#putMakingRoom(coarse, fromMs, means, nowMs);
  }

  /** At the limit a host's newest rows push out its own oldest. */
  #putMakingRoom(track: Track, timeMs: number, values: Float64Array, nowMs: number): boolean {
    const result = track.put(timeMs, values);
    if (result !== "full") return result === "kept";
    for (const from of [...this.#coarse.toReversed(), ...this.#fine.toReversed()]) {
      if (!from.dropOldest(Math.min(timeMs, nowMs - FINE_SPAN_MS / 2))) continue;
      this.#onEvicted();
      return track.put(timeMs, values) === "kept";
    }
    return false;
  }
}

/** Whoever changes the interval again and again keeps the rows of the last few. */
function bounded(tracks: readonly Track[]): Track[] {
  for (const track of tracks.slice(MAX_TRACKS)) track.dropBefore(Infinity);
  return tracks.slice(0, MAX_TRACKS);
}

function pruned(tracks: readonly Track[], beforeMs: number): Track[] {
  for (const track of tracks) track.dropBefore(beforeMs);
  return tracks.filter((track, at) => at === 0 || track.chunkCount > 0);
}

import type { HostSamples } from "../../protocol/mod.ts";
import type { HostRings } from "./host_rings.ts";
import { FINE_SPAN_MS } from "./resolution.ts";
import type { Track } from "./track.ts";

export interface RangeQuery {
  readonly fromMs: number;
  readonly toMs: number;
  /** Absent: as finely as the range is kept. */
  readonly stepMs?: number;
}

/** More of them no chart shows, and no request should make. */
const MAX_POINTS = 5_000;
/** Whoever asks for the last hour has counted it from a moment ago. */
const ASKING_MS = 60_000;

/** One value a step for each series, null where there is none: rows of the last hour first, means of the day before them. */
export function queryRange(
  rings: HostRings,
  series: readonly string[],
  query: RangeQuery,
  nowMs: number,
): HostSamples {
  const grid = gridOf(rings, query, nowMs);
  const [fine, coarse] = [new Buckets(grid, series.length), new Buckets(grid, series.length)];
  const fineFromMs = Math.min(...rings.fine.map((track) => track.firstSince(nowMs - FINE_SPAN_MS)));
  for (const track of rings.fine) fine.add(track, grid.fromMs, grid.toMs);
  // A longer step has several readings in it, so one that is late leaves none without.
  fine.holdBetween(Math.floor((rings.fine[0]?.stepMs ?? 0) / grid.stepMs));
  // Where there are rows of the last hour a gap among them is one, though the minute around it has a mean.
  for (const track of rings.coarse) {
    const minuteMs = Math.floor(fineFromMs / track.stepMs) * track.stepMs;
    coarse.add(track, grid.fromMs, Math.min(grid.toMs, minuteMs));
  }
  return {
    ...grid,
    timesMs: Array.from({ length: fine.count }, (_, at) => grid.fromMs + at * grid.stepMs),
    series: series.map((name, column) => ({
      name,
      values: Array.from(
        { length: fine.count },
        (_, at) => fine.isEmpty(at) ? coarse.mean(at, column) : fine.mean(at, column),
      ),
    })),
  };
}

interface Grid {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** Steps begin at multiples of themselves, so that what is asked for again a moment later has the same values. */
function gridOf(rings: HostRings, { fromMs, toMs, stepMs }: RangeQuery, nowMs: number): Grid {
  const spanMs = Math.max(0, toMs - fromMs);
  const isOfLastHour = fromMs >= nowMs - FINE_SPAN_MS - ASKING_MS;
  const kept = (isOfLastHour ? rings.fine : rings.coarse)[0]?.stepMs ?? 60_000;
  const wanted = Math.max(1, Math.round(stepMs ?? kept));
  const step = Math.max(wanted, Math.ceil(spanMs / (MAX_POINTS - 1)));
  return { fromMs: Math.floor(fromMs / step) * step, toMs: Math.ceil(toMs / step) * step, stepMs: step };
}

/** Means of the rows that fall into each step. */
class Buckets {
  readonly count: number;
  readonly #grid: Grid;
  readonly #columns: number;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  readonly #rows: Uint32Array;
  /** The bucket whose values a bucket shows; its own but where one is held. */
  readonly #shown: Uint32Array;

  constructor(grid: Grid, columns: number) {
    this.count = Math.max(0, Math.round((grid.toMs - grid.fromMs) / grid.stepMs));
    this.#grid = grid;
    this.#columns = columns;
    this.#sums = new Float64Array(this.count * columns);
    this.#counts = new Float64Array(this.count * columns);
    this.#rows = new Uint32Array(this.count);
    this.#shown = Uint32Array.from({ length: this.count }, (_, at) => at);
  }

  /** A row stands for the time of its step, so it is in every bucket that begins within, or in the one that it is in. */
  add(track: Track, fromMs: number, toMs: number): void {
    const { fromMs: gridMs, stepMs } = this.#grid;
    track.eachRow(fromMs - track.stepMs + 1, toMs, (timeMs, memory, offset) => {
      const first = Math.max(0, timeMs < gridMs ? 0 : Math.floor((timeMs - gridMs) / stepMs));
      const last = Math.max(first, Math.ceil((Math.min(toMs, timeMs + track.stepMs) - gridMs) / stepMs) - 1);
      const isWithinOne = track.stepMs <= stepMs;
      if (isWithinOne && timeMs < gridMs) return;
      for (let at = first; at <= (isWithinOne ? first : last) && at < this.count; at++) {
        this.#addRow(at, memory, offset);
      }
    });
  }

  /**
   * A reading that is late by a millisecond falls into the next slot and leaves its own empty. Such a gap, no longer
   * than one reading, between two that are there, is none: the one before is shown in it.
   */
  holdBetween(longest: number): void {
    let last = -1;
    for (let at = 0; at < this.count; at++) {
      if (this.#rows[at] === 0) continue;
      if (last >= 0 && at - last - 1 <= longest) {
        for (let held = last + 1; held < at; held++) this.#shown[held] = last;
      }
      last = at;
    }
  }

  isEmpty(at: number): boolean {
    return this.#rows[this.#shown[at] ?? at] === 0;
  }

  mean(at: number, column: number): number | null {
    const place = (this.#shown[at] ?? at) * this.#columns + column;
    const count = this.#counts[place] ?? 0;
    return count === 0 ? null : asWritten((this.#sums[place] ?? 0) / count);
  }

  #addRow(at: number, memory: Float32Array, offset: number): void {
    this.#rows[at] = (this.#rows[at] ?? 0) + 1;
    for (let column = 0; column < this.#columns; column++) {
      const value = memory[offset + column] ?? NaN;
      if (Number.isNaN(value)) continue;
      const place = at * this.#columns + column;
      this.#sums[place] = (this.#sums[place] ?? 0) + value;
      this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    }
  }
}

/** Rows are kept in single precision; the digits beyond it are noise: 3.3, not 3.299999952316284. */
function asWritten(value: number): number {
  return Number(value.toPrecision(7));
}

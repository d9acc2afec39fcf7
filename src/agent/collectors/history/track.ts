import { RingTable } from "./ring_table.ts";

export const FINE_SPAN_MS = 3_600_000;
export const COARSE_STEP_MS = 60_000;
const COARSE_ROWS = 24 * 60;
/** One point a second at most, so that no interval makes an hour long. */
const SHORTEST_STEP_MS = 1_000;
const MIN = 0;
const MEAN = 1;
const MAX = 2;
/** A line that has not been heard of for so long gives its place to another when the memory is used up. */
const DEAD_AFTER_MS = 10 * 60_000;

/** Says whether a track may take so many bytes more; the history owns the budget. */
export type Grant = (moreBytes: number, ownBytes: number) => boolean;

interface Column {
  readonly series: string;
  readonly instance: string | undefined;
  readonly index: number;
  heardMs: number;
}

export interface Bucket {
  add(timeMs: number, min: number, mean: number, max: number): void;
}

/** What one collector's series were: the last hour at its interval, and a day by the minute. */
export class Track {
  readonly intervalMs: number;
  /** Time between two rows of the last hour. */
  readonly stepMs: number;
  readonly #fine: RingTable;
  readonly #coarse = new RingTable(COARSE_ROWS, 3);
  readonly #grant: Grant;
  readonly #columns = new Map<string, Map<string | undefined, Column>>();
  #count = 0;
  #refused = 0;
  #minute = NaN;
  #nowMs = 0;
  #lastFineMs = -Infinity;
  #minuteOf = accumulators(0);

  constructor(intervalMs: number, grant: Grant) {
    this.intervalMs = intervalMs;
    this.stepMs = Math.max(SHORTEST_STEP_MS, intervalMs);
    this.#fine = new RingTable(Math.max(1, Math.ceil(FINE_SPAN_MS / this.stepMs)), 1);
    this.#grant = grant;
  }

  get bytes(): number {
    return bytesAt(this.#fine.rows, this.#fine.columns);
  }

  get series(): number {
    return this.#count;
  }

  /** Lines that were not remembered at the last reading, for lack of memory. */
  get refused(): number {
    return this.#refused;
  }

  /** Begins a reading; its points follow by `point`. */
  begin(nowMs: number): void {
    const minute = Math.floor(nowMs / COARSE_STEP_MS);
    if (minute !== this.#minute) this.#endMinute(minute);
    if (nowMs - this.#lastFineMs >= this.stepMs / 2 || nowMs < this.#lastFineMs) {
      this.#fine.beginRow(nowMs);
      this.#lastFineMs = nowMs;
    }
    this.#nowMs = nowMs;
    this.#refused = 0;
  }

  point(series: string, value: number, instance?: string): void {
    const column = this.#columns.get(series)?.get(instance) ?? this.#newColumn(series, instance);
    if (column === null) {
      this.#refused++;
      return;
    }
    column.heardMs = this.#nowMs;
    this.#fine.set(column.index, value);
    const { sum, seen, min, max } = this.#minuteOf;
    const at = column.index;
    const first = seen[at] === 0;
    sum[at] = first ? value : (sum[at] ?? 0) + value;
    min[at] = first ? value : Math.min(min[at] ?? value, value);
    max[at] = first ? value : Math.max(max[at] ?? value, value);
    seen[at] = (seen[at] ?? 0) + 1;
  }

  *lines(): Generator<{ series: string; instance: string | undefined; index: number }> {
    for (const instances of this.#columns.values()) yield* instances.values();
  }

  /** Puts what is known of a line into the bucket: whole minutes, and what they do not cover yet or not any more fine. */
  collect(index: number, fine: boolean, bucket: Bucket): void {
    const openMinuteMs = this.#minute * COARSE_STEP_MS;
    if (!fine) {
      for (const row of this.#coarse.order()) {
        const [min, mean, max] = [MIN, MEAN, MAX].map((part) => this.#coarse.value(row, index, part));
        if (min === undefined || mean === undefined || max === undefined || Number.isNaN(mean)) continue;
        bucket.add(this.#coarse.timeMs(row), min, mean, max);
      }
    }
    for (const row of this.#fine.order()) {
      const [timeMs, value] = [this.#fine.timeMs(row), this.#fine.value(row, index)];
      if (!Number.isNaN(value) && (fine || timeMs >= openMinuteMs)) bucket.add(timeMs, value, value, value);
    }
  }

  #endMinute(next: number): void {
    if (!Number.isNaN(this.#minute) && this.#count > 0) {
      this.#coarse.beginRow(this.#minute * COARSE_STEP_MS);
      const { sum, seen, min, max } = this.#minuteOf;
      for (let at = 0; at < seen.length; at++) {
        const count = seen[at] ?? 0;
        if (count === 0) continue;
        this.#coarse.set(at, min[at] ?? NaN, MIN);
        this.#coarse.set(at, (sum[at] ?? NaN) / count, MEAN);
        this.#coarse.set(at, max[at] ?? NaN, MAX);
      }
      seen.fill(0);
    }
    this.#minute = next;
  }

  #newColumn(series: string, instance: string | undefined): Column | null {
    const index = this.#count < this.#fine.columns || this.#widen() ? this.#count++ : this.#takeDead();
    if (index === null) return null;
    const column = { series, instance, index, heardMs: this.#nowMs };
    const instances = this.#columns.get(series) ?? new Map<string | undefined, Column>();
    this.#columns.set(series, instances.set(instance, column));
    return column;
  }

  #widen(): boolean {
    const capacity = RingTable.capacityFor(this.#count + 1);
    const more = bytesAt(this.#fine.rows, capacity) - this.bytes;
    if (!this.#grant(more, this.bytes + more)) return false;
    this.#fine.widen(capacity);
    this.#coarse.widen(capacity);
    this.#minuteOf = enlarged(this.#minuteOf, capacity);
    return true;
  }

  #takeDead(): number | null {
    for (const [series, instances] of this.#columns) {
      for (const [instance, { index, heardMs }] of instances) {
        if (this.#nowMs - heardMs < DEAD_AFTER_MS) continue;
        instances.delete(instance);
        if (instances.size === 0) this.#columns.delete(series);
        this.#fine.clear(index);
        this.#coarse.clear(index);
        this.#minuteOf.seen[index] = 0;
        return index;
      }
    }
    return null;
  }
}

function bytesAt(fineRows: number, columns: number): number {
  const accumulated = columns * (3 * Float64Array.BYTES_PER_ELEMENT + Uint32Array.BYTES_PER_ELEMENT);
  return RingTable.bytesOf(fineRows, 1, columns) + RingTable.bytesOf(COARSE_ROWS, 3, columns) + accumulated;
}

function accumulators(columns: number) {
  return {
    sum: new Float64Array(columns),
    seen: new Uint32Array(columns),
    min: new Float64Array(columns),
    max: new Float64Array(columns),
  };
}

function enlarged(before: ReturnType<typeof accumulators>, columns: number): ReturnType<typeof accumulators> {
  const after = accumulators(columns);
  after.sum.set(before.sum);
  after.seen.set(before.seen);
  after.min.set(before.min);
  after.max.set(before.max);
  return after;
}

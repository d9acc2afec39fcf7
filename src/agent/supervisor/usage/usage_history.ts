import type { ProcessUsage } from "../../../protocol/mod.ts";
import { hasRow, OpenRows, type Packed, ROWS, valueAt } from "./packed_rows.ts";

const SPAN_MS = 3_600_000;

type Column = Exclude<keyof ProcessUsage, "timeMs">;
const COLUMNS: readonly Column[] = [
  "processes",
  "cpuPercent",
  "rssBytes",
  "readBytesPerSecond",
  "writtenBytesPerSecond",
  "openFiles",
  "threads",
];
/** What is kept in 24 bits; the digits that follow are noise. */
const SHARES: ReadonlySet<Column> = new Set(["cpuPercent"]);

interface Series {
  /** The full ones, by the number of their first row. */
  readonly packed: Map<number, Packed>;
  readonly open: OpenRows;
  openFrom: number;
}

/**
 * Remembers an hour of all processes. They are measured at the same moments, which are kept once for all of them: the
 * wall clock for people, and the monotonic one to tell spans by, so that a clock that is set changes no order.
 */
export class UsageHistory {
  readonly #series = new Map<string, Series>();
  /** Of the first moment that is kept; moments have consecutive numbers, and begin at a multiple of ROWS. */
  #firstRow = 0;
  #wallMs: number[] = [];
  #monotonicMs: number[] = [];

  /** A new moment; what is added after belongs to it. */
  begin(wallMs: number, monotonicMs: number): void {
    this.#wallMs.push(wallMs);
    this.#monotonicMs.push(monotonicMs);
    while ((this.#monotonicMs[ROWS] ?? Infinity) <= monotonicMs - SPAN_MS) this.#dropOldest();
  }

  add(id: string, usage: ProcessUsage): void {
    const row = this.#firstRow + this.#wallMs.length - 1;
    const from = row - row % ROWS;
    const series = this.#seriesOf(id, from);
    if (series.openFrom !== from) {
      series.packed.set(series.openFrom, series.open.takePacked());
      series.openFrom = from;
    }
    let index = 0;
    for (const column of COLUMNS) series.open.set(row - from, index++, usage[column] ?? NaN);
  }

  /** Oldest first. */
  read(id: string, durationMs: number, nowMs: number): ProcessUsage[] {
    const series = this.#series.get(id);
    if (series === undefined) return [];
    const usages: ProcessUsage[] = [];
    const oldestMs = nowMs - Math.min(durationMs, SPAN_MS);
    for (const [index, monotonicMs] of this.#monotonicMs.entries()) {
      if (monotonicMs < oldestMs) continue;
      const usage = this.#usageAt(series, this.#firstRow + index, this.#wallMs[index] ?? 0);
      if (usage !== null) usages.push(usage);
    }
    return usages;
  }

  forget(id: string): void {
    this.#series.delete(id);
  }

  /** Of the values alone, without what the runtime needs to keep them. */
  get bytes(): number {
    let bytes = this.#wallMs.length * 2 * Float64Array.BYTES_PER_ELEMENT;
    for (const { packed, open } of this.#series.values()) {
      for (const { values } of [open, ...packed.values()]) {
        bytes += values.length * (values instanceof Float32Array ? 4 : 8);
      }
    }
    return bytes;
  }

  #seriesOf(id: string, from: number): Series {
    let series = this.#series.get(id);
    if (series === undefined) {
      this.#series.set(id, series = { packed: new Map(), open: new OpenRows(COLUMNS.length), openFrom: from });
    }
    return series;
  }

  #usageAt({ packed, open, openFrom }: Series, row: number, timeMs: number): ProcessUsage | null {
    const from = row - row % ROWS;
    const rows = from === openFrom ? open : packed.get(from);
    if (rows === undefined || !hasRow(rows, row - from)) return null;
    const usage: ProcessUsage = { timeMs, processes: 0 };
    for (const [index, column] of COLUMNS.entries()) {
      const value = valueAt(rows, row - from, index);
      if (!Number.isNaN(value)) usage[column] = SHARES.has(column) ? Math.round(value * 100) / 100 : Math.round(value);
    }
    return usage;
  }

  #dropOldest(): void {
    this.#wallMs = this.#wallMs.slice(ROWS);
    this.#monotonicMs = this.#monotonicMs.slice(ROWS);
    for (const [id, { packed, openFrom }] of this.#series) {
      packed.delete(this.#firstRow);
      if (openFrom === this.#firstRow) this.#series.delete(id);
    }
    this.#firstRow += ROWS;
  }
}

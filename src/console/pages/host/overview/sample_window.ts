import type { HostSamples } from "../../../../protocol/mod.ts";

/** One reading as the live feed tells it: only what was measured. */
export interface LiveRow {
  readonly timeMs: number;
  readonly values: Readonly<Record<string, number>>;
}

/** A reading that is late by a millisecond falls into the next slot; the manager bridges one such slot, and so does this. */
const BRIDGED_SLOTS = 1;
/** Without a reading for so long, the last one does not say how things are now. */
const SILENT_SLOTS = 3;
const SILENT_MS = 30_000;

/**
 * The last hour or day of a host's series on a grid of equal steps, as the manager gave it, going on with the live
 * readings. It is changed in place: an hour by the second is 40,000 numbers, too many to copy with each reading.
 */
export class SampleWindow {
  readonly stepMs: number;
  readonly #spanMs: number;
  readonly #timesMs: number[];
  readonly #columns: ReadonlyMap<string, (number | null)[]>;
  /** How many readings the slot at the end has the mean of. */
  #tailCount = 1;

  constructor(samples: HostSamples, spanMs: number) {
    this.stepMs = Math.max(1, samples.stepMs);
    this.#spanMs = spanMs;
    this.#timesMs = [...samples.timesMs];
    this.#columns = new Map(samples.series.map(({ name, values }) => [name, [...values]]));
    this.#dropEmptyTail();
  }

  get timesMs(): readonly number[] {
    return this.#timesMs;
  }

  /** Its values on the times; nothing but null where the manager knows no such series. */
  values(name: string): readonly (number | null)[] {
    return this.#columns.get(name) ?? this.#timesMs.map(() => null);
  }

  /** Whether it was measured at all. */
  has(name: string): boolean {
    return this.#columns.get(name)?.some((value) => value !== null) ?? false;
  }

  /** Whether what is there is too old to be called the present. */
  isSilentAt(nowMs: number): boolean {
    const lastMs = this.#timesMs.at(-1) ?? -Infinity;
    return nowMs - lastMs > Math.max(SILENT_MS, SILENT_SLOTS * this.stepMs);
  }

  /** False for a reading that is older than what is there, which the manager tells in its own time. */
  append({ timeMs, values }: LiveRow): boolean {
    if (!Number.isFinite(timeMs)) return false;
    const slotMs = Math.floor(timeMs / this.stepMs) * this.stepMs;
    const lastMs = this.#timesMs.at(-1);
    if (lastMs !== undefined && slotMs < lastMs) return false;
    if (slotMs === lastMs) this.#meanInto(values);
    else this.#begin(slotMs, lastMs, values);
    this.#dropBefore(slotMs + this.stepMs - this.#spanMs);
    return true;
  }

  #meanInto(values: LiveRow["values"]): void {
    this.#tailCount++;
    const at = this.#timesMs.length - 1;
    for (const [name, column] of this.#columns) {
      const [value, before] = [measured(values[name]), column[at] ?? null];
      if (value !== null) column[at] = before === null ? value : before + (value - before) / this.#tailCount;
    }
  }

  #begin(slotMs: number, lastMs: number | undefined, values: LiveRow["values"]): void {
    const missing = lastMs === undefined ? 0 : Math.round((slotMs - lastMs) / this.stepMs) - 1;
    if (missing * this.stepMs > this.#spanMs) this.#clear();
    else for (let step = 1; step <= missing; step++) this.#push((lastMs ?? 0) + step * this.stepMs, missing);
    this.#tailCount = 1;
    this.#timesMs.push(slotMs);
    for (const [name, column] of this.#columns) column.push(measured(values[name]));
  }

  /** A slot that nothing was heard of: bridged when it is the only one, a gap otherwise. */
  #push(timeMs: number, missing: number): void {
    this.#timesMs.push(timeMs);
    for (const column of this.#columns.values()) {
      column.push(missing <= BRIDGED_SLOTS ? column.at(-1) ?? null : null);
    }
  }

  /** The slots up to now that the manager has nothing for yet; the live readings, or their absence, fill them. */
  #dropEmptyTail(): void {
    const columns = [...this.#columns.values()];
    let end = this.#timesMs.length;
    while (end > 0 && columns.every((column) => (column[end - 1] ?? null) === null)) end--;
    this.#timesMs.length = end;
    for (const column of columns) column.length = end;
  }

  #dropBefore(fromMs: number): void {
    const first = this.#timesMs.findIndex((timeMs) => timeMs >= fromMs);
    const dropped = first < 0 ? this.#timesMs.length : first;
    if (dropped === 0) return;
    this.#timesMs.splice(0, dropped);
    for (const column of this.#columns.values()) column.splice(0, dropped);
  }

  #clear(): void {
    this.#timesMs.length = 0;
    for (const column of this.#columns.values()) column.length = 0;
  }
}

function measured(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

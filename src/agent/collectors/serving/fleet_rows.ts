import type { SampleRow, SamplesHistory } from "../../../protocol/mod.ts";
import type { HistoryQuery } from "../history/history.ts";
import { describeSeries } from "../registry.ts";
import type { Task } from "../runner/task.ts";

export interface FleetSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/**
 * What a manager keeps of a host: one number for each series, whatever instances that has. Of percentages it is the
 * largest, because the fullest disk is the one to know of; of all else the sum.
 */
export function fleetRow(tasks: readonly Task[], series: readonly string[]): SampleRow | null {
  const columns = new Columns(series);
  let timeMs: number | null = null;
  for (const task of tasks) {
    if (!columns.concern(task.spec.name)) continue;
    const madeMs = task.shownPoints((name, value) => columns.add(name, value));
    if (madeMs !== null) timeMs = Math.max(timeMs ?? 0, madeMs);
  }
  return timeMs === null ? null : { timeMs: Math.round(timeMs), values: columns.values() };
}

export function fleetRows(
  history: (query: HistoryQuery) => SamplesHistory,
  series: readonly string[],
  { fromMs, toMs, stepMs }: FleetSpan,
): SampleRow[] {
  if (toMs <= fromMs) return [];
  const wanted = new Set(series);
  const past = history({ fromMs, toMs, stepMs, wants: (name) => wanted.has(name) });
  const lines = past.series.map(({ name, mean }) => ({ name: seriesOf(name), mean }));
  return past.timesMs.flatMap((timeMs, step) => {
    const columns = new Columns(series);
    for (const { name, mean } of lines) columns.add(name, mean[step] ?? undefined);
    const values = columns.values();
    return values.every((value) => value === null) ? [] : [{ timeMs: Math.round(timeMs), values }];
  });
}

/** The name of a line without its instance: `disk.used_percent{mount="/"}`. */
function seriesOf(line: string): string {
  const brace = line.indexOf("{");
  return brace < 0 ? line : line.slice(0, brace);
}

/** One row as it is put together. */
class Columns {
  readonly #places = new Map<string, number>();
  readonly #collectors = new Set<string>();
  readonly #values: (number | null)[];

  constructor(series: readonly string[]) {
    this.#values = series.map(() => null);
    series.forEach((name, place) => {
      this.#places.set(name, place);
      this.#collectors.add(name.split(".", 1)[0] ?? "");
    });
  }

  /** Whether any of the columns is that collector's. */
  concern(collector: string): boolean {
    return this.#collectors.has(collector);
  }

  add(name: string, value: number | undefined): void {
    const place = this.#places.get(name);
    if (place === undefined || value === undefined || !Number.isFinite(value)) return;
    const before = this.#values[place] ?? null;
    const isPercent = describeSeries(name)?.unit === "percent";
    this.#values[place] = before === null ? value : isPercent ? Math.max(before, value) : before + value;
  }

  values(): (number | null)[] {
    return this.#values.map((value) => value === null ? null : Number(value.toPrecision(7)));
  }
}

import { numberOf, recordOf, recordsOf } from "../../shared/host_values.ts";

/** What a process has used, on one line of times; where nothing was measured there is a gap. */
export interface UsageLines {
  readonly timesMs: readonly number[];
  readonly cpuPercent: readonly (number | null)[];
  readonly rssBytes: readonly (number | null)[];
  readonly readBytesPerSecond: readonly (number | null)[];
  readonly writtenBytesPerSecond: readonly (number | null)[];
}

/** A measurement may be late, or fail once; beyond that it was not made: the process did not run. */
const GAP_INTERVALS = 2.5;
/** An hour by the second; no host needs to make a browser draw more. */
const MAX_POINTS = 4_000;
const MAX_DATE_MS = 8.64e15;

/** What a host has answered, until now: what was measured long ago ends before it. */
export function usageLines(report: unknown, nowMs: number): UsageLines {
  const { usage, intervalMs } = recordOf(report);
  const pauseMs = GAP_INTERVALS * (numberOf(intervalMs) ?? 0);
  const points: Readonly<Record<string, unknown>>[] = [];
  const timesMs: number[] = [];
  const push = (timeMs: number, point: Readonly<Record<string, unknown>>) => {
    timesMs.push(timeMs);
    points.push(point);
  };
  for (const point of recordsOf(Array.isArray(usage) ? usage.slice(-MAX_POINTS) : [], MAX_POINTS)) {
    const timeMs = numberOf(point["timeMs"]);
    const lastMs = timesMs.at(-1) ?? -Infinity;
    if (timeMs === undefined || timeMs < 0 || timeMs > MAX_DATE_MS || timeMs <= lastMs) continue;
    const middleMs = lastMs + (timeMs - lastMs) / 2;
    if (timeMs - lastMs > pauseMs && lastMs < middleMs && middleMs < timeMs) push(middleMs, {});
    push(timeMs, point);
  }
  const lastMs = timesMs.at(-1) ?? Infinity;
  // A host whose clock is ahead ends with its last measurement.
  if (nowMs > lastMs && nowMs - lastMs > pauseMs) push(nowMs, {});
  const line = (name: keyof Omit<UsageLines, "timesMs">) => points.map((point) => numberOf(point[name]) ?? null);
  return {
    timesMs,
    cpuPercent: line("cpuPercent"),
    rssBytes: line("rssBytes"),
    readBytesPerSecond: line("readBytesPerSecond"),
    writtenBytesPerSecond: line("writtenBytesPerSecond"),
  };
}

/** From where on the host calls its use too much, where it does. */
export function thresholdsOf(report: unknown): { readonly cpu?: number; readonly memoryBytes?: number } {
  const limits = recordOf(recordOf(report)["limits"]);
  const [cpu, memoryBytes] = [numberOf(limits["cpuThreshold"]), numberOf(limits["memoryThresholdBytes"])];
  return { ...(cpu !== undefined && { cpu }), ...(memoryBytes !== undefined && { memoryBytes }) };
}

import type { DarwinProcess } from "../../../platform/mod.ts";
import { perSecond } from "../rates.ts";

/** What has to be known of a process until the next reading. */
export interface SeenProcess {
  readonly cpuSeconds: number;
  /** Tells it from another process that is given the same pid later. */
  readonly startedMs: number | undefined;
}

export function seenProcesses(all: readonly DarwinProcess[]): Map<number, SeenProcess> {
  const seen = new Map<number, SeenProcess>();
  for (const { pid, use } of all) {
    if (use?.cpuSeconds !== undefined) seen.set(pid, { cpuSeconds: use.cpuSeconds, startedMs: use.startedMs });
  }
  return seen;
}

/** Of one core, so that a process with many threads can have more than 100. */
export function percentOfCore(
  { pid, use }: DarwinProcess,
  before: ReadonlyMap<number, SeenProcess>,
  elapsedSeconds: number,
): number | undefined {
  const seen = before.get(pid);
  if (seen === undefined || seen.startedMs !== use?.startedMs) return undefined;
  const rate = perSecond(use?.cpuSeconds, seen.cpuSeconds, elapsedSeconds);
  return rate === undefined ? undefined : rate * 100;
}

/** The sum of what is known; undefined when nothing is. */
export function sum<T>(all: readonly T[], value: (one: T) => number | undefined): number | undefined {
  let total: number | undefined;
  for (const one of all) {
    const part = value(one);
    if (part !== undefined) total = (total ?? 0) + part;
  }
  return total;
}

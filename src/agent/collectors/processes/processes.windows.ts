import { type WindowsMeasures, windowsMeasures, type WindowsProcess } from "../../../platform/mod.ts";
import type { ProcessesSample, ProcessUse, SupervisedUse } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import type { SupervisedProcess } from "../ports.ts";
import { perSecond } from "../rates.ts";
import { SteadyCounter } from "./steady_counter.ts";
import { TopRows } from "./top_rows.ts";
import { windowsFamilies } from "./windows_family.ts";

/** One call tells of every process. Whose they are is not read: to name accounts Windows may ask the domain. */
export function windowsProcesses(
  options: CollectorsConfig["processes"],
  deps: CollectorDeps,
  measures: WindowsMeasures = windowsMeasures,
): Collector<ProcessesSample> {
  const known = new KnownFamilies();
  let before: ReadonlyMap<number, WindowsProcess> = new Map();
  let beforeMs = 0;
  return {
    collect() {
      const nowMs = deps.clock.monotonicMs();
      const all = measures.processRecords();
      const elapsedSeconds = (nowMs - beforeMs) / 1000;
      const percents = all.map((process) => percentOfCore(process, before.get(process.pid), elapsedSeconds));
      [before, beforeMs] = [new Map(all.map((process) => [process.pid, process])), nowMs];
      const top = (valueOf: (process: WindowsProcess, row: number) => number | undefined) => {
        const rows = new TopRows(options.top);
        all.forEach((process, row) => rows.offer(row, valueOf(process, row) ?? 0));
        return rows.rows.flatMap((row) => processUse(all[row], percents[row]));
      };
      return {
        sample: {
          total: all.length,
          states: countStates(all),
          threads: sum(all, ({ threads }) => threads),
          topByCpu: top((_process, row) => percents[row]),
          topByMemory: top(({ workingSetBytes }) => workingSetBytes),
          supervised: known.read(all, deps.ports.supervised()),
        },
        problems: [],
      };
    },
  };
}

/** Of one core, so that a process with many threads can have more than 100. */
export function percentOfCore(
  { cpuSeconds, createdMs }: WindowsProcess,
  before: WindowsProcess | undefined,
  elapsedSeconds: number,
): number | undefined {
  if (before === undefined || before.createdMs !== createdMs) return undefined;
  const rate = perSecond(cpuSeconds, before.cpuSeconds, elapsedSeconds);
  return rate === undefined ? undefined : rate * 100;
}

function processUse(process: WindowsProcess | undefined, cpuPercent: number | undefined): ProcessUse[] {
  if (process === undefined) return [];
  const { pid, name, state, workingSetBytes, threads, createdMs } = process;
  return [{ pid, name, state, cpuPercent, rssBytes: workingSetBytes, threads, startedMs: whole(createdMs) }];
}

function countStates(all: readonly WindowsProcess[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of all) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

interface Counters {
  readonly pid: number;
  readonly createdMs: number | undefined;
  readonly cpuSeconds: SteadyCounter;
  readonly readBytes: SteadyCounter;
  readonly writtenBytes: SteadyCounter;
}

/** What is remembered of families, whose sums must not fall when a member ends. */
class KnownFamilies {
  #known = new Map<string, Counters>();

  /** One that has ended is left out. */
  read(all: readonly WindowsProcess[], supervised: readonly SupervisedProcess[]): SupervisedUse[] {
    if (supervised.length === 0) return [];
    const families = windowsFamilies(all, supervised.map(({ pid }) => pid));
    const before = this.#known;
    this.#known = new Map();
    return supervised.flatMap(({ id, pid }, index) => {
      const family = families[index] ?? [];
      const root = family[0];
      if (root === undefined) return [];
      const counters = countersOf(before.get(id), root);
      this.#known.set(id, counters);
      return [familyUse(id, pid, family, counters)];
    });
  }
}

function countersOf(before: Counters | undefined, { pid, createdMs }: WindowsProcess): Counters {
  if (before?.pid === pid && before.createdMs === createdMs) return before;
  return {
    pid,
    createdMs,
    cpuSeconds: new SteadyCounter(),
    readBytes: new SteadyCounter(),
    writtenBytes: new SteadyCounter(),
  };
}

function familyUse(id: string, pid: number, family: readonly WindowsProcess[], counters: Counters): SupervisedUse {
  const steady = (counter: SteadyCounter, value: number | undefined) =>
    value === undefined ? undefined : counter.next(value);
  return {
    id,
    pid,
    processes: family.length,
    cpuSeconds: steady(counters.cpuSeconds, sum(family, ({ cpuSeconds }) => cpuSeconds)),
    rssBytes: sum(family, ({ workingSetBytes }) => workingSetBytes),
    readBytes: steady(counters.readBytes, sum(family, ({ readBytes }) => readBytes)),
    writtenBytes: steady(counters.writtenBytes, sum(family, ({ writtenBytes }) => writtenBytes)),
    threads: sum(family, ({ threads }) => threads),
    openFiles: sum(family, ({ handles }) => handles),
    startedMs: whole(family[0]?.createdMs),
  };
}

/** Of what is known; absent when nothing is. */
function sum(all: readonly WindowsProcess[], valueOf: (process: WindowsProcess) => number | undefined) {
  let total: number | undefined;
  for (const process of all) {
    const value = valueOf(process);
    if (value !== undefined) total = (total ?? 0) + value;
  }
  return total;
}

function whole(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

import { type DarwinMeasures, darwinMeasures, type DarwinProcess } from "../../../platform/mod.ts";
import type { ProcessesSample, ProcessUse, SupervisedUse } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { percentOfCore, type SeenProcess, seenProcesses, sum } from "./darwin_use.ts";
import { SteadyCounter } from "./steady_counter.ts";

const NOT_PERMITTED =
  "processor and memory use of other users' processes: only root may read it; run the agent as root to have it";

/** Written from Apple's documentation and never run on a Mac. libproc tells of processes, as it does for `top`. */
export function darwinProcesses(
  options: CollectorsConfig["processes"],
  deps: CollectorDeps,
  measures: DarwinMeasures = darwinMeasures,
): Collector<ProcessesSample> {
  let before: ReadonlyMap<number, SeenProcess> = new Map();
  let beforeMs = 0;
  const steady = new Map<string, SteadyCounter>();
  const names = new Map<number, string | undefined>();
  const nameOf = (uid: number) => {
    if (!names.has(uid)) names.set(uid, measures.accountName(uid));
    return names.get(uid);
  };
  return {
    collect() {
      const nowMs = deps.clock.monotonicMs();
      const all = measures.allProcesses();
      const elapsedSeconds = (nowMs - beforeMs) / 1000;
      const uses = all.map((process) => processUse(process, percentOfCore(process, before, elapsedSeconds)));
      [before, beforeMs] = [seenProcesses(all), nowMs];
      const top = (by: (use: ListedUse) => number | undefined) =>
        largest(uses, options.top, by).map(({ uid, ...use }) => ({ ...use, user: nameOf(uid) }));
      return {
        sample: {
          total: all.length,
          states: countStates(all),
          threads: sum(all, (process) => process.use?.threads),
          threadsLimit: measures.sysctlNumber("kern.num_threads"),
          pidLimit: measures.sysctlNumber("kern.maxproc"),
          topByCpu: top(({ cpuPercent }) => cpuPercent),
          topByMemory: top(({ rssBytes }) => rssBytes),
          supervised: supervisedUses(all, deps.ports.supervised(), steady, measures.openFileCount),
        },
        problems: all.some(({ state }) => state === "unknown") ? [NOT_PERMITTED] : [],
      };
    },
  };
}

type ListedUse = Omit<ProcessUse, "user"> & { readonly uid: number };

function processUse({ pid, uid, name, state, use }: DarwinProcess, cpuPercent: number | undefined): ListedUse {
  return {
    pid,
    uid,
    name,
    state,
    cpuPercent,
    rssBytes: use?.rssBytes,
    threads: use?.threads,
    startedMs: use?.startedMs,
  };
}

/** The largest first; what is not known or zero is not among them. */
function largest<T>(all: readonly T[], count: number, by: (one: T) => number | undefined): T[] {
  return all.filter((one) => (by(one) ?? 0) > 0).sort((a, b) => (by(b) ?? 0) - (by(a) ?? 0)).slice(0, count);
}

function countStates(all: readonly DarwinProcess[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of all) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/**
 * A supervised process that is gone has no entry. Its descendants are found by their parents; below one that is itself
 * supervised they are that one's, so that none is counted twice.
 */
export function supervisedUses(
  all: readonly DarwinProcess[],
  supervised: readonly { readonly id: string; readonly pid: number }[],
  steady: Map<string, SteadyCounter>,
  openFileCount: (pid: number) => number | undefined,
): SupervisedUse[] {
  const counters = new Map(steady);
  steady.clear(); // those that are still wanted come back
  if (supervised.length === 0) return [];
  const children = Map.groupBy(all, ({ parent }) => parent);
  const roots = new Set(supervised.map(({ pid }) => pid));
  return supervised.flatMap(({ id, pid }) => {
    const root = all.find((process) => process.pid === pid);
    if (root === undefined) return [];
    const family = descendants(root, children, roots);
    const name = `${id} ${pid} ${root.use?.startedMs}`;
    const counter = counters.get(name) ?? new SteadyCounter();
    steady.set(name, counter);
    const cpuSeconds = sum(family, ({ use }) => use?.cpuSeconds);
    return [{
      id,
      pid,
      processes: family.length,
      cpuSeconds: cpuSeconds === undefined ? undefined : counter.next(cpuSeconds),
      rssBytes: sum(family, ({ use }) => use?.rssBytes),
      threads: sum(family, ({ use }) => use?.threads),
      openFiles: sum(family, (process) => openFileCount(process.pid)),
      startedMs: root.use?.startedMs,
    }];
  });
}

/** The list grows while it is walked; each process is in it once, even where a torn reading shows a circle. */
function descendants(
  root: DarwinProcess,
  children: ReadonlyMap<number, readonly DarwinProcess[]>,
  otherRoots: ReadonlySet<number>,
): DarwinProcess[] {
  const family = new Map([[root.pid, root]]);
  for (const { pid } of family.values()) {
    for (const child of children.get(pid) ?? []) {
      if (!family.has(child.pid) && !otherRoots.has(child.pid)) family.set(child.pid, child);
    }
  }
  return [...family.values()];
}

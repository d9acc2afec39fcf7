import type { ContainerSample } from "../../../protocol/mod.ts";
import { countAfter } from "../reading/keyed_lines.ts";
import { type GroupFiles, tightest } from "./group_files.linux.ts";
import { cores, parseCpuMax, parseLimit } from "./groups.ts";
import type { Hierarchy } from "./hierarchies.linux.ts";

type Memory = Pick<
  ContainerSample,
  "memoryLimitBytes" | "memoryUsedBytes" | "memoryWorkingSetBytes" | "swapLimitBytes" | "oomKills"
>;
type Cpu = Pick<ContainerSample, "cpuLimitCores" | "periods" | "throttledPeriods" | "throttledSeconds">;

/** The names of the same things in the two versions. */
const MEMORY = {
  1: {
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    inactive: "total_inactive_file ",
    events: "memory.oom_control",
  },
  2: { limit: "memory.max", used: "memory.current", inactive: "inactive_file ", events: "memory.events" },
} as const;

/**
 * What is used is that of the group whose limit it is, so that the two can be compared; where there is no limit, that
 * of the agent's own group.
 */
export function readMemory({ version, groups }: Hierarchy): Memory {
  const names = MEMORY[version];
  const { group, limit } = tightest(groups, (one) => parseLimit(one.text(names.limit)));
  const used = number(group, names.used);
  const inactive = countAfter(group?.text("memory.stat") ?? "", names.inactive);
  const swap = tightest(groups, version === 2 ? swapMax : swapBeyondMemory);
  return {
    memoryLimitBytes: limit,
    memoryUsedBytes: used,
    memoryWorkingSetBytes: used === undefined || inactive === undefined ? undefined : Math.max(0, used - inactive),
    swapLimitBytes: swap.limit,
    oomKills: countAfter(group?.text(names.events) ?? "", "oom_kill "),
  };
}

function swapMax(group: GroupFiles): number | undefined {
  return parseLimit(group.text("memory.swap.max"));
}

/** Version 1 limits memory and swap together. */
function swapBeyondMemory(group: GroupFiles): number | undefined {
  const both = parseLimit(group.text("memory.memsw.limit_in_bytes"));
  const memory = parseLimit(group.text(MEMORY[1].limit));
  return both === undefined || memory === undefined ? undefined : Math.max(0, both - memory);
}

export function readCpu({ version, groups }: Hierarchy): Cpu & { readonly limitedPath: string | undefined } {
  const { group, limit } = tightest(groups, version === 2 ? maxCores : quotaCores);
  const stat = group?.text("cpu.stat") ?? "";
  const throttled = version === 2 ? countAfter(stat, "throttled_usec ") : countAfter(stat, "throttled_time ");
  return {
    limitedPath: limit === undefined ? undefined : group?.path,
    cpuLimitCores: limit,
    periods: countAfter(stat, "nr_periods "),
    throttledPeriods: countAfter(stat, "nr_throttled "),
    throttledSeconds: throttled === undefined ? undefined : throttled / (version === 2 ? 1e6 : 1e9),
  };
}

function maxCores(group: GroupFiles): number | undefined {
  return parseCpuMax(group.text("cpu.max") ?? "");
}

function quotaCores(group: GroupFiles): number | undefined {
  const quota = group.text("cpu.cfs_quota_us");
  return quota === null ? undefined : cores(quota.trim(), group.text("cpu.cfs_period_us")?.trim() ?? "");
}

/** Of the group that the limit is of, as with memory. */
export function readCpuSeconds({ version, groups }: Hierarchy, limitedPath: string | undefined): number | undefined {
  const group = groups.find(({ path }) => path === limitedPath) ?? groups[0];
  if (version === 1) {
    const nanoseconds = number(group, "cpuacct.usage");
    return nanoseconds === undefined ? undefined : nanoseconds / 1e9;
  }
  const microseconds = countAfter(group?.text("cpu.stat") ?? "", "usage_usec ");
  return microseconds === undefined ? undefined : microseconds / 1e6;
}

export function readPids({ groups }: Hierarchy): Pick<ContainerSample, "processes" | "processesLimit"> {
  const { group, limit } = tightest(groups, (one) => parseLimit(one.text("pids.max")));
  return { processes: number(group, "pids.current"), processesLimit: limit };
}

function number(group: GroupFiles | undefined, file: string): number | undefined {
  return countAfter(group?.text(file) ?? "", "");
}

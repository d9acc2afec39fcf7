import type { CgroupController } from "../../../platform/mod.ts";
import type { LimitSpec } from "../spec/process_spec.ts";
import { LIMIT_NAMES, type LimitName } from "./contract.ts";

/** What is written into one file of a control group: https://docs.kernel.org/admin-guide/cgroup-v2.html */
export interface LimitFile {
  readonly name: string;
  readonly text: string;
  /** Without it the limit holds nonetheless; older kernels and those without swap do not have it. */
  readonly isOptional: boolean;
}

export const CONTROLLER_OF: Readonly<Record<LimitName, CgroupController>> = {
  memory: "memory",
  cpu: "cpu",
  tasks: "pids",
};

const NONE = "max";
const PERIOD_US = 100_000;
/** The longest period that the kernel takes, for quotas that would be less than it takes in the usual one. */
const LONGEST_PERIOD_US = 1_000_000;
const LEAST_QUOTA_US = 1_000;

export function limitValue(limits: LimitSpec, name: LimitName): number {
  return { memory: limits.memoryBytes, cpu: limits.cpuPercent, tasks: limits.tasks }[name];
}

/** Which limits are asked for. */
export function wantedLimits(limits: LimitSpec): LimitName[] {
  return LIMIT_NAMES.filter((name) => limitValue(limits, name) > 0);
}

/** The files of one limit; of no limit, what takes an earlier one away. */
export function limitFiles(limits: LimitSpec, name: LimitName): LimitFile[] {
  const value = limitValue(limits, name);
  const file = (file: string, text: string, isOptional = false) => ({ name: file, text, isOptional });
  if (name === "tasks") return [file("pids.max", value > 0 ? String(value) : NONE)];
  if (name === "cpu") return [file("cpu.max", cpuMax(value))];
  return [
    file("memory.max", value > 0 ? String(value) : NONE),
    // With swap the limit would not be one: what is over it would only become slow, and all of the host with it.
    file("memory.swap.max", value > 0 ? "0" : NONE, true),
    // The kernel ends all of a tree that has too much: one that has lost a part is neither dead nor well.
    file("memory.oom.group", value > 0 ? "1" : "0", true),
  ];
}

/** Time in microseconds that may be used in each period: https://docs.kernel.org/scheduler/sched-bwc.html */
function cpuMax(percent: number): string {
  if (percent <= 0) return `${NONE} ${PERIOD_US}`;
  const usual = Math.round(percent / 100 * PERIOD_US);
  if (usual >= LEAST_QUOTA_US) return `${usual} ${PERIOD_US}`;
  return `${Math.max(LEAST_QUOTA_US, Math.round(percent / 100 * LONGEST_PERIOD_US))} ${LONGEST_PERIOD_US}`;
}

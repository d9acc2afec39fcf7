import type { CpuSample, CpuTimes } from "../../../protocol/mod.ts";
import type { EmitPoint, SeriesSpec } from "../contract.ts";
import { perSecond } from "../rates.ts";

/** Beyond so many cores a line for each tells a person nothing, and their memory is better spent. */
const MAX_CORE_LINES = 16;
const MODES = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"] as const;

const percent = (what: string, help: string): SeriesSpec => ({ name: `cpu.${what}_percent`, unit: "percent", help });
const perSecondOf = (what: string, help: string): SeriesSpec => ({
  name: `cpu.${what}_per_second`,
  unit: "per_second",
  help,
});

export const CPU_SERIES: readonly SeriesSpec[] = [
  percent("usage", "Part of all cores' time that was neither idle nor spent in waiting for input or output."),
  percent("user", "Part spent in programs."),
  percent("system", "Part spent in the kernel, interrupts included."),
  percent("iowait", "Part that was idle while a task waited for input or output."),
  percent("steal", "Part that the hypervisor gave to others."),
  {
    ...percent("core", "The same as cpu.usage_percent, of one core; on hosts with 16 cores at most."),
    instance: "core",
  },
  perSecondOf("context_switches", "Changes from one thread to another."),
  perSecondOf("interrupts", "Interrupts of all kinds."),
  perSecondOf("forks", "Processes and threads that were started."),
];

export function cpuPoints(
  current: CpuSample,
  before: CpuSample | null,
  elapsedSeconds: number,
  emit: EmitPoint,
): void {
  if (before === null || !(elapsedSeconds > 0)) return;
  const shares = timeShares(current.total, before.total);
  emit("cpu.usage_percent", shares?.usage);
  emit("cpu.user_percent", shares?.user);
  emit("cpu.system_percent", shares?.system);
  emit("cpu.iowait_percent", shares?.iowait);
  emit("cpu.steal_percent", shares?.steal);
  if (current.cores.length <= MAX_CORE_LINES) emitCores(current, before, emit);
  const rate = (what: "contextSwitches" | "interrupts" | "forks") =>
    perSecond(current[what], before[what], elapsedSeconds);
  emit("cpu.context_switches_per_second", rate("contextSwitches"));
  emit("cpu.interrupts_per_second", rate("interrupts"));
  emit("cpu.forks_per_second", rate("forks"));
}

function emitCores(current: CpuSample, before: CpuSample, emit: EmitPoint): void {
  const earlier = new Map(before.cores.map(({ id, times }) => [id, times]));
  for (const { id, times } of current.cores) {
    emit("cpu.core_percent", timeShares(times, earlier.get(id))?.usage, id);
  }
}

/** Parts of the time in percent. */
export interface TimeShares {
  readonly usage: number;
  readonly user: number;
  readonly system: number;
  readonly iowait: number | undefined;
  readonly steal: number | undefined;
}

/**
 * What the time between two readings was spent on. It is measured by the sum of all modes and not by a clock, so that
 * the parts are never more than the whole. Null after a reset, and when the counters stand still.
 */
export function timeShares(current: CpuTimes | undefined, before: CpuTimes | undefined): TimeShares | null {
  if (current === undefined || before === undefined) return null;
  const spent: Partial<Record<typeof MODES[number], number>> = {};
  let whole = 0;
  for (const mode of MODES) {
    const [now, then] = [current[mode], before[mode]];
    if (now === undefined || then === undefined) continue;
    if (!(now >= then)) return null;
    spent[mode] = now - then;
    whole += now - then;
  }
  if (!(whole > 0)) return null;
  const { user = 0, nice = 0, system = 0, iowait, irq = 0, softirq = 0, steal } = spent;
  const part = (seconds: number) => Math.min(100, (seconds / whole) * 100);
  return {
    usage: part(user + nice + system + irq + softirq + (steal ?? 0)),
    user: part(user + nice),
    system: part(system + irq + softirq),
    iowait: iowait === undefined ? undefined : part(iowait),
    steal: steal === undefined ? undefined : part(steal),
  };
}

import { groupInformation, systemInformation } from "./ntdll.ts";
import { ticks, u32 } from "./layout.ts";

// SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION, one for each core:
// https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
const SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION = 8;
const CORE = { bytes: 48, idle: 0, kernel: 8, user: 16, dpc: 24, interrupt: 32, interruptCount: 40 } as const;
/** A processor group has at most 64 cores. */
const MAX_CORES = 64;

/** What one logical core has done since boot. `kernelSeconds` has the three that follow it in it. */
export interface ProcessorTimes {
  readonly group: number;
  readonly number: number;
  readonly userSeconds: number;
  readonly kernelSeconds: number;
  readonly idleSeconds: number;
  readonly dpcSeconds: number;
  readonly interruptSeconds: number;
  /** Of 32 bits; absent where it is not counted. */
  readonly interrupts?: number;
}

/** The cores of all groups. With one group, which is nearly always, also an old Windows can tell. */
export function processorTimes(groups: number): ProcessorTimes[] {
  const bytes = CORE.bytes * MAX_CORES;
  const what = "the times of the processors";
  if (groups <= 1) {
    return parseProcessorTimes(systemInformation(what, SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION, bytes), 0);
  }
  return Array.from({ length: groups }, (_, group) => {
    return parseProcessorTimes(groupInformation(what, SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION, group, bytes), group);
  }).flat();
}

export function parseProcessorTimes(view: DataView, group: number): ProcessorTimes[] {
  const cores: ProcessorTimes[] = [];
  for (let number = 0, at = 0; at + CORE.bytes <= view.byteLength && number < MAX_CORES; number++, at += CORE.bytes) {
    const userSeconds = ticks(view, at + CORE.user);
    const kernelSeconds = ticks(view, at + CORE.kernel);
    const idleSeconds = ticks(view, at + CORE.idle);
    if (userSeconds === undefined || kernelSeconds === undefined || idleSeconds === undefined) continue;
    const interrupts = u32(view, at + CORE.interruptCount);
    cores.push({
      group,
      number,
      userSeconds,
      kernelSeconds,
      idleSeconds,
      dpcSeconds: ticks(view, at + CORE.dpc) ?? 0,
      interruptSeconds: ticks(view, at + CORE.interrupt) ?? 0,
      // A core that runs has been interrupted: 0 is a system that does not count.
      ...(interrupts ? { interrupts } : {}),
    });
  }
  return cores;
}

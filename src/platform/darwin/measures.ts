import { type InterfaceCounters, interfaceCounters } from "./interfaces.ts";
import { libsystem } from "./libsystem.ts";
import { type CoreTimes, coreTimes, type PageCounts, pageCounts } from "./mach.ts";
import { knownMounts, type Mount } from "./mounts.ts";
import { allProcesses, openFileCount, type ProcessFacts, processFacts } from "./processes.ts";
import { bootTimeMs, type SwapUse, swapUse, sysctlNumber, sysctlText } from "./sysctl.ts";
import { toolOutput } from "./tool.ts";
import { accountName, hostUuid, type Session, sessions } from "./users.ts";

/**
 * What can be measured on macOS. It was written from Apple's headers and has never run on a Mac: only the types and the
 * pure readers of its structures are checked where this program is built. Each function opens what it needs at its
 * first call; one that fails throws, and takes nothing else with it.
 */
export interface DarwinMeasures {
  /** Values of the kernel by their name; undefined when this kernel does not have one. */
  sysctlNumber(name: string): number | undefined;
  sysctlText(name: string): string | undefined;
  bootTimeMs(): number | undefined;
  /** A uuid that is new at each boot. */
  bootSession(): string | null;
  coreTimes(): readonly CoreTimes[];
  pageCounts(): PageCounts;
  swapUse(): SwapUse | null;
  /** At once, with numbers that may be old; `fileSystemUse` has those of now. */
  knownMounts(): readonly Mount[];
  interfaceCounters(): readonly InterfaceCounters[];
  allProcesses(): readonly ProcessFacts[];
  processFacts(pid: number): ProcessFacts | null;
  openFileCount(pid: number): number | undefined;
  sessions(): readonly Session[];
  accountName(uid: number): string | undefined;
  hostUuid(): string | undefined;
  /** What a tool of the system prints, such as /usr/sbin/ioreg; the signal kills it. */
  toolOutput(path: string, args: readonly string[], signal: AbortSignal): Promise<string>;
}

export const darwinMeasures: DarwinMeasures = {
  sysctlNumber,
  sysctlText,
  bootTimeMs,
  bootSession: libsystem.bootSession,
  coreTimes,
  pageCounts,
  swapUse,
  knownMounts,
  interfaceCounters,
  allProcesses,
  processFacts: (pid) => processFacts(pid),
  openFileCount,
  sessions,
  accountName,
  hostUuid,
  toolOutput,
};

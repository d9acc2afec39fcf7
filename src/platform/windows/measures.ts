/** Everything that collectors measure on Windows, in plain values. Each DLL is opened at the first call that needs it. */
import { registryNumber, registryText } from "./ffi/advapi32_registry.ts";
import { interfaceRows, tcpStates, tcpStatistics, udpStatistics, unicastAddresses } from "./ffi/iphlpapi.ts";
import {
  domainName,
  hostName,
  machineArchitecture,
  memoryStatus,
  ownCpuSeconds,
  ownHandles,
  powerStatus,
  timeZone,
  uptimeSeconds,
} from "./ffi/kernel32_measures.ts";
import { processorGroups, processorTopology } from "./ffi/kernel32_processors.ts";
import { diskCounters, disksOf, physicalDisks, volumes, volumeUse } from "./ffi/kernel32_volumes.ts";
import { bootTimeMs, memoryLists, pageFiles, performanceCounters, windowsVersion } from "./ffi/ntdll_performance.ts";
import { processRecords } from "./ffi/ntdll_processes.ts";
import { type ProcessorTimes, processorTimes } from "./ffi/ntdll_processors.ts";
import { batteryState, processorFrequencies } from "./ffi/powrprof.ts";
import { ownMemory, systemTotals } from "./ffi/psapi.ts";
import { userSessions } from "./ffi/wtsapi32.ts";

export type { InterfaceCounters, InterfaceRow, UnicastAddress } from "./ffi/iphlpapi_interfaces.ts";
export type { AddressFamily, TcpState, TcpStatistics, UdpStatistics } from "./ffi/iphlpapi_transport.ts";
export type { MemoryStatus, PowerStatus, TimeZone } from "./ffi/kernel32_measures.ts";
export type { ProcessorTopology } from "./ffi/kernel32_processors.ts";
export type { DiskCounters, DriveKind, Volume, VolumeUse } from "./ffi/kernel32_volumes.ts";
export type { MemoryLists, PageFiles, PerformanceCounters, WindowsVersion } from "./ffi/ntdll_performance.ts";
export type { ProcessRecord, ProcessState } from "./ffi/ntdll_processes.ts";
export type { ProcessorTimes } from "./ffi/ntdll_processors.ts";
export type { BatteryState, ProcessorFrequency } from "./ffi/powrprof.ts";
export type { OwnMemory, SystemTotals } from "./ffi/psapi.ts";
export type { UserSession } from "./ffi/wtsapi32.ts";

/**
 * Each call throws an AppError that says what could not be read and why: `unsupported` where this Windows has no such
 * thing, `forbidden` where we may not, else `unavailable`. Only on Windows can any of them be called.
 */
export const windowsMeasures = {
  batteryState,
  bootTimeMs,
  diskCounters,
  disksOf,
  domainName,
  hostName,
  interfaceRows,
  machineArchitecture,
  memoryLists,
  memoryStatus,
  ownCpuSeconds,
  ownHandles,
  ownMemory,
  pageFiles,
  performanceCounters,
  physicalDisks,
  powerStatus,
  processRecords,
  processorFrequencies,
  processorTimes: (): ProcessorTimes[] => processorTimes(processorGroups()),
  processorTopology,
  registryNumber,
  registryText,
  systemTotals,
  tcpStates,
  tcpStatistics,
  timeZone,
  udpStatistics,
  unicastAddresses,
  uptimeSeconds,
  userSessions,
  volumeUse,
  volumes,
  windowsVersion,
};

export type WindowsMeasures = Readonly<typeof windowsMeasures>;

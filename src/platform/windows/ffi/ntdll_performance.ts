import { AppError } from "../../../core/mod.ts";
import { systemInformation, versionInformation } from "./ntdll.ts";
import { fileTimeMs, u32, u64 } from "./layout.ts";

/**
 * SYSTEM_PERFORMANCE_INFORMATION: 312 bytes since Windows 2000, of which newer systems have more at the end.
 * https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation names it as reserved;
 * its fields: https://ntdoc.m417z.com/system_performance_information
 */
const SYSTEM_PERFORMANCE_INFORMATION = 2;
const PERFORMANCE_BYTES = 1024;
const PERFORMANCE = {
  pageFaults: 60,
  copyOnWriteFaults: 64,
  transitionFaults: 68,
  demandZeroFaults: 76,
  pagesRead: 80,
  pageReads: 84,
  dirtyPagesWritten: 96,
  dirtyPageWrites: 100,
  pagedPoolPages: 112,
  nonPagedPoolPages: 116,
  pagedPoolAllocations: 120,
  nonPagedPoolAllocations: 128,
  freeSystemPageTableEntries: 136,
  residentSystemCodePages: 140,
  systemDriverPages: 144,
  systemCodePages: 148,
  residentSystemCachePages: 164,
  residentPagedPoolPages: 168,
  residentSystemDriverPages: 172,
  contextSwitches: 296,
  systemCalls: 308,
} as const;

const FIELDS = Object.entries(PERFORMANCE) as readonly [keyof typeof PERFORMANCE, number][];

/** Numbers of 32 bits, counted since boot where they are counters. One that this Windows does not keep is absent. */
export type PerformanceCounters = Readonly<Partial<Record<keyof typeof PERFORMANCE, number>>>;

// https://ntdoc.m417z.com/system_memory_list_information
const SYSTEM_MEMORY_LIST_INFORMATION = 80;
const MEMORY_LISTS = { bytes: 176, zeroed: 0, free: 8, modified: 16, modifiedNoWrite: 24, standby: 40 } as const;
/** Standby pages have priorities from 0 to 7. */
const PRIORITIES = 8;

/** Pages of physical memory by what they are kept for. */
export interface MemoryLists {
  readonly zeroedPages: number;
  readonly freePages: number;
  readonly modifiedPages: number;
  /** By priority, the lowest first. */
  readonly standbyPages: readonly number[];
}

// https://ntdoc.m417z.com/system_pagefile_information
const SYSTEM_PAGEFILE_INFORMATION = 18;
const PAGE_FILE = { bytes: 32, next: 0, size: 4, inUse: 8 } as const;
const PAGE_FILES_BYTES = 16 * 1024;

export interface PageFiles {
  readonly sizePages: number;
  readonly usedPages: number;
}

// https://ntdoc.m417z.com/system_timeofday_information
const SYSTEM_TIME_OF_DAY_INFORMATION = 3;
const TIME_OF_DAY = { bytes: 48, boot: 0 } as const;

// https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_osversioninfoexw
const VERSION = { bytes: 284, major: 4, minor: 8, build: 12 } as const;

export interface WindowsVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
}

export function performanceCounters(): PerformanceCounters {
  const what = "the performance counters";
  return parsePerformance(systemInformation(what, SYSTEM_PERFORMANCE_INFORMATION, PERFORMANCE_BYTES));
}

/** 0 is a value that is not kept: a running system has had page faults, switches and pages of every one of these. */
export function parsePerformance(view: DataView): PerformanceCounters {
  return Object.fromEntries(FIELDS.map(([name, offset]) => [name, u32(view, offset)]).filter(([, value]) => value));
}

export function memoryLists(): MemoryLists {
  const what = "the lists of memory pages";
  const lists = parseMemoryLists(systemInformation(what, SYSTEM_MEMORY_LIST_INFORMATION, MEMORY_LISTS.bytes));
  if (lists === null) throw new AppError("unavailable", `Cannot read ${what}: the answer is too short`);
  return lists;
}

export function parseMemoryLists(view: DataView): MemoryLists | null {
  const zeroedPages = u64(view, MEMORY_LISTS.zeroed);
  const freePages = u64(view, MEMORY_LISTS.free);
  const modified = u64(view, MEMORY_LISTS.modified);
  const modifiedNoWrite = u64(view, MEMORY_LISTS.modifiedNoWrite);
  const standbyPages: number[] = [];
  for (let priority = 0; priority < PRIORITIES; priority++) {
    const pages = u64(view, MEMORY_LISTS.standby + priority * 8);
    if (pages !== undefined) standbyPages.push(pages);
  }
  if (zeroedPages === undefined || freePages === undefined || modified === undefined) return null;
  if (modifiedNoWrite === undefined || standbyPages.length < PRIORITIES) return null;
  return { zeroedPages, freePages, modifiedPages: modified + modifiedNoWrite, standbyPages };
}

/** All paging files together; none on a system without them. */
export function pageFiles(): PageFiles {
  return parsePageFiles(systemInformation("the paging files", SYSTEM_PAGEFILE_INFORMATION, PAGE_FILES_BYTES));
}

export function parsePageFiles(view: DataView): PageFiles {
  let [sizePages, usedPages] = [0, 0];
  for (let at = 0; at + PAGE_FILE.bytes <= view.byteLength;) {
    const size = u32(view, at + PAGE_FILE.size) ?? 0;
    sizePages += size;
    usedPages += Math.min(size, u32(view, at + PAGE_FILE.inUse) ?? 0);
    const next = u32(view, at + PAGE_FILE.next) ?? 0;
    if (next < PAGE_FILE.bytes) break;
    at += next;
  }
  return { sizePages, usedPages };
}

/** When the system started. It moves with the clock when that is set. */
export function bootTimeMs(): number | undefined {
  const what = "the time of the system's start";
  return parseBootTime(systemInformation(what, SYSTEM_TIME_OF_DAY_INFORMATION, TIME_OF_DAY.bytes));
}

export function parseBootTime(view: DataView): number | undefined {
  return fileTimeMs(view, TIME_OF_DAY.boot);
}

export function windowsVersion(): WindowsVersion {
  return parseVersion(versionInformation(VERSION.bytes));
}

export function parseVersion(view: DataView): WindowsVersion {
  return {
    major: u32(view, VERSION.major) ?? 0,
    minor: u32(view, VERSION.minor) ?? 0,
    build: u32(view, VERSION.build) ?? 0,
  };
}

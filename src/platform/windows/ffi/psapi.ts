import { lazy } from "../../lazy.ts";
import { definedOnly, u32, u64, viewOf } from "./layout.ts";
import { checkTrue, openLibrary } from "./library.ts";

// https://learn.microsoft.com/windows/win32/api/psapi/ns-psapi-performance_information
const PERFORMANCE = {
  bytes: 104,
  commitTotal: 8,
  commitLimit: 16,
  systemCache: 48,
  pageSize: 80,
  handles: 88,
  processes: 92,
  threads: 96,
} as const;
/** What x86-64 and arm64 have, should it not be told. */
const USUAL_PAGE_BYTES = 4096;

export interface SystemTotals {
  readonly pageBytes: number;
  readonly committedBytes?: number;
  readonly commitLimitBytes?: number;
  /** Pages that the file cache and the standby list hold. */
  readonly cacheBytes?: number;
  readonly handles?: number;
  readonly processes?: number;
  readonly threads?: number;
}

// https://learn.microsoft.com/windows/win32/api/psapi/ns-psapi-process_memory_counters_ex
const MEMORY = { bytes: 80, workingSet: 16, privateBytes: 72 } as const;
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocess
const CURRENT_PROCESS = 0xffff_ffff_ffff_ffffn;

export interface OwnMemory {
  readonly workingSetBytes?: number;
  readonly privateBytes?: number;
}

const symbols = lazy(() =>
  openLibrary("psapi.dll", {
    GetPerformanceInfo: { parameters: ["buffer", "u32"], result: "i32" },
    GetProcessMemoryInfo: { parameters: ["usize", "buffer", "u32"], result: "i32" },
  })
);

export function systemTotals(): SystemTotals {
  const bytes = new Uint8Array(PERFORMANCE.bytes);
  const view = viewOf(bytes);
  view.setUint32(0, bytes.length, true);
  checkTrue("read the totals of the system", symbols().GetPerformanceInfo(bytes, bytes.length));
  return parseSystemTotals(view);
}

/** 0 is a value that is not kept: no running system has none of these. */
export function parseSystemTotals(view: DataView): SystemTotals {
  const pageBytes = plausiblePage(u64(view, PERFORMANCE.pageSize)) ?? USUAL_PAGE_BYTES;
  const inBytes = (offset: number) => {
    const pages = u64(view, offset);
    return pages ? pages * pageBytes : undefined;
  };
  return definedOnly({
    pageBytes,
    committedBytes: inBytes(PERFORMANCE.commitTotal),
    commitLimitBytes: inBytes(PERFORMANCE.commitLimit),
    cacheBytes: inBytes(PERFORMANCE.systemCache),
    handles: u32(view, PERFORMANCE.handles) || undefined,
    processes: u32(view, PERFORMANCE.processes) || undefined,
    threads: u32(view, PERFORMANCE.threads) || undefined,
  });
}

/** Of this very process. */
export function ownMemory(): OwnMemory {
  const bytes = new Uint8Array(MEMORY.bytes);
  const view = viewOf(bytes);
  view.setUint32(0, bytes.length, true);
  checkTrue("read our own memory", symbols().GetProcessMemoryInfo(CURRENT_PROCESS, bytes, bytes.length));
  return parseOwnMemory(view);
}

export function parseOwnMemory(view: DataView): OwnMemory {
  const workingSetBytes = u64(view, MEMORY.workingSet) || undefined;
  const privateBytes = u64(view, MEMORY.privateBytes) || undefined;
  return definedOnly({ workingSetBytes, privateBytes });
}

function plausiblePage(bytes: number | undefined): number | undefined {
  return bytes !== undefined && bytes >= 4096 && bytes <= 1024 * 1024 ? bytes : undefined;
}

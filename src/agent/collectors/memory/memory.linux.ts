import { AppError } from "../../../core/mod.ts";
import type { MemorySample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { countAt, forEachLine } from "../reading/counts.ts";
import { kernelUnits } from "../reading/kernel_units.ts";

const KIBIBYTE = 1024;

export type Named = Readonly<Record<string, number>>;

/** https://man7.org/linux/man-pages/man5/proc_meminfo.5.html and proc_vmstat.5.html. */
export function linuxMemory(
  _options: CollectorsConfig["memory"],
  { tree }: CollectorDeps,
): Collector<MemorySample> {
  const paths = { meminfo: tree.proc("meminfo"), vmstat: tree.proc("vmstat") };
  const meminfoFile = tree.hold(paths.meminfo);
  const vmstatFile = tree.hold(paths.vmstat);
  return {
    collect(): Reading<MemorySample> {
      const text = meminfoFile.text();
      if (text === null) throw new AppError("unavailable", `Cannot read memory use: ${tree.reason(paths.meminfo)}`);
      const meminfo = parseMeminfo(text);
      const totalBytes = meminfo.MemTotal;
      if (totalBytes === undefined) {
        throw new AppError("unavailable", `Cannot read memory use: ${paths.meminfo} has no MemTotal`);
      }
      const problems: string[] = [];
      const vmstatText = vmstatFile.text();
      if (vmstatText === null) problems.push(`swapping and page faults: ${tree.reason(paths.vmstat)}`);
      const paging = vmstatText === null ? {} : pagingOf(parseVmstat(vmstatText), kernelUnits().pageBytes);
      return { sample: { totalBytes, ...memoryUse(meminfo, totalBytes), ...paging, meminfo }, problems };
    },
    close() {
      meminfoFile.close();
      vmstatFile.close();
    },
  };
}

/**
 * Used is total less available. Kernels before 3.14 do not say what is available, which depends on more than can be
 * seen from outside; there it is absent, and used is total less free, buffers and page cache, as `free` showed it then.
 */
export function memoryUse(meminfo: Named, totalBytes: number): Partial<MemorySample> {
  const { MemAvailable: availableBytes, MemFree, Buffers, Cached } = meminfo;
  const { SwapTotal: swapTotalBytes, SwapFree: swapFreeBytes } = meminfo;
  const unused = availableBytes ?? sum(MemFree, Buffers, Cached);
  return {
    availableBytes,
    usedBytes: difference(totalBytes, unused),
    freeBytes: MemFree,
    buffersBytes: Buffers,
    cachedBytes: Cached,
    slabBytes: meminfo.Slab,
    sharedBytes: meminfo.Shmem,
    swapTotalBytes,
    swapUsedBytes: difference(swapTotalBytes, swapFreeBytes),
    swapFreeBytes,
    committedBytes: meminfo.Committed_AS,
    commitLimitBytes: meminfo.CommitLimit,
  };
}

export function pagingOf(vmstat: Named, pageBytes: number): Partial<MemorySample> {
  const { pswpin, pswpout } = vmstat;
  const bytes = (pages: number | undefined) => pages === undefined ? undefined : pages * pageBytes;
  return {
    swapInBytes: bytes(pswpin),
    swapOutBytes: bytes(pswpout),
    pageFaults: vmstat.pgfault,
    majorPageFaults: vmstat.pgmajfault,
    oomKills: vmstat.oom_kill,
    vmstat,
  };
}

/** Lines such as "MemFree:   23397848 kB", in bytes, under the kernel's own names; numbers of pages have no unit. */
export function parseMeminfo(text: string): Named {
  const values: Record<string, number> = {};
  forEachLine(text, (start, end) => {
    const colon = text.indexOf(":", start);
    if (colon < 0 || colon >= end) return;
    const name = text.slice(start, colon);
    const isKibibytes = text.endsWith(" kB", end);
    let from = colon + 1;
    while (from < end && text[from] === " ") from++;
    const value = countAt(text, from, isKibibytes ? end - 3 : end);
    if (value !== undefined && /^[A-Za-z]\w*(?:\(\w+\))?$/.test(name)) {
      values[name] = isKibibytes ? value * KIBIBYTE : value;
    }
  });
  return values;
}

/** What node_exporter reports of it by default: paging, swapping, page faults and processes killed for lack of memory. */
export function parseVmstat(text: string): Named {
  const values: Record<string, number> = {};
  forEachLine(text, (start, end) => {
    if (!text.startsWith("pg", start) && !text.startsWith("pswp", start) && !text.startsWith("oom_kill", start)) return;
    const blank = text.indexOf(" ", start);
    if (blank < 0 || blank >= end) return;
    const name = text.slice(start, blank);
    const value = countAt(text, blank + 1, end);
    if (value !== undefined && /^(?:oom_kill|pgpg|pswp|pg\w*fault)\w*$/.test(name)) values[name] = value;
  });
  return values;
}

function sum(...parts: (number | undefined)[]): number | undefined {
  let whole = 0;
  for (const part of parts) {
    if (part === undefined) return undefined;
    whole += part;
  }
  return whole;
}

/** Never negative: a container's view of the host may be put together of numbers that do not fit. */
function difference(whole: number | undefined, part: number | undefined): number | undefined {
  if (whole === undefined || part === undefined || part > whole) return undefined;
  return whole - part;
}

import { AppError } from "../../../core/mod.ts";
import { type DarwinMeasures, darwinMeasures, type PageCounts } from "../../../platform/mod.ts";
import type { MemorySample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { readPart } from "../reading/parts.ts";

/** Written from Apple's documentation and never run on a Mac. Mach tells of pages, the kernel's sysctl of the swap. */
export function darwinMemory(
  _options: CollectorsConfig["memory"],
  _deps: CollectorDeps,
  measures: DarwinMeasures = darwinMeasures,
): Collector<MemorySample> {
  return {
    collect() {
      const problems: string[] = [];
      const totalBytes = measures.sysctlNumber("hw.memsize");
      if (totalBytes === undefined) throw new AppError("unavailable", "sysctl hw.memsize gives no number");
      const pages = readPart(problems, "use of memory", measures.pageCounts);
      const swap = readPart(problems, "swap", measures.swapUse) ?? {};
      const swapSizes = {
        swapTotalBytes: swap.totalBytes,
        swapUsedBytes: swap.usedBytes,
        swapFreeBytes: swap.availableBytes,
      };
      return {
        sample: { totalBytes, ...(pages && memoryShares(pages, totalBytes)), ...swapSizes },
        problems,
      };
    },
  };
}

/**
 * Used is what Activity Monitor calls so: the programs' own pages that cannot be dropped, wired ones and what the
 * compressor takes. The rest is free, or holds files that can be read again. `meminfo` and `vmstat` have the names and
 * values of node_exporter on macOS; note that its "swapped" counts all pages that were read and written.
 */
export function memoryShares(pages: PageCounts, totalBytes: number): Partial<MemorySample> {
  const { free, active, inactive, wired, purgeable, compressed, external, internal } = pages;
  const bytes = (count: number) => count * pages.pageBytes;
  const moved = (count: number | undefined) => count === undefined ? undefined : bytes(count);
  const usedBytes = Math.min(totalBytes, bytes(Math.max(0, internal - purgeable) + wired + compressed));
  const [swappedIn, swappedOut] = [moved(pages.pageIns), moved(pages.pageOuts)];
  return {
    usedBytes,
    availableBytes: totalBytes - usedBytes,
    freeBytes: bytes(free),
    cachedBytes: bytes(external + purgeable),
    swapInBytes: moved(pages.swapIns),
    swapOutBytes: moved(pages.swapOuts),
    pageFaults: pages.faults,
    majorPageFaults: pages.pageIns,
    meminfo: {
      active: bytes(active),
      compressed: bytes(compressed),
      free: bytes(free),
      inactive: bytes(inactive),
      internal: bytes(internal),
      purgeable: bytes(purgeable),
      wired: bytes(wired),
    },
    vmstat: {
      ...(swappedIn !== undefined && { swapped_in: swappedIn }),
      ...(swappedOut !== undefined && { swapped_out: swappedOut }),
    },
  };
}

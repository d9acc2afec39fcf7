import { type PerformanceCounters, type WindowsMeasures, windowsMeasures } from "../../../platform/mod.ts";
import type { MemorySample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { readPart } from "../reading/parts.ts";
import { WideCounters } from "../reading/wide_counters.ts";

/** What Windows keeps when it does not tell otherwise: every 64-bit Windows has pages of this size. */
const PAGE_BYTES = 4096;
/** Standby pages by priority: what is kept in reserve, what is normal, and the core of the system. */
const NORMAL_PRIORITY = 4;
const CORE_PRIORITY = 6;

/**
 * `meminfo` has sizes in bytes, `vmstat` counters since boot, both under windows_exporter's names. A page that was read
 * because a program wanted it may be of a file or of a paging file; Windows counts the two together.
 */
export function windowsMemory(
  _options: CollectorsConfig["memory"],
  _deps: CollectorDeps,
  measures: WindowsMeasures = windowsMeasures,
): Collector<MemorySample> {
  const wide = new WideCounters();
  return {
    collect() {
      const problems: string[] = [];
      const part = <T>(what: string, read: () => T) => readPart(problems, what, read);
      const status = measures.memoryStatus();
      const totals = part("committed and cached memory", measures.systemTotals);
      const pageBytes = totals?.pageBytes ?? PAGE_BYTES;
      const lists = part("free and standby memory", measures.memoryLists);
      const files = part("paging files", measures.pageFiles);
      const counters = part("paging", measures.performanceCounters) ?? {};
      const { totalBytes, availableBytes } = status;
      const vmstat = pagingCounts(counters, wide);
      const sample: MemorySample = {
        totalBytes,
        availableBytes,
        usedBytes: totalBytes - availableBytes,
        freeBytes: lists && (lists.zeroedPages + lists.freePages) * pageBytes,
        cachedBytes: totals?.cacheBytes,
        swapTotalBytes: files && files.sizePages * pageBytes,
        swapUsedBytes: files && files.usedPages * pageBytes,
        swapFreeBytes: files && (files.sizePages - files.usedPages) * pageBytes,
        swapInBytes: inBytes(vmstat["swap_pages_read_total"], pageBytes),
        swapOutBytes: inBytes(vmstat["swap_pages_written_total"], pageBytes),
        committedBytes: totals?.committedBytes,
        commitLimitBytes: totals?.commitLimitBytes ?? status.commitLimitBytes,
        pageFaults: vmstat["page_faults_total"],
        majorPageFaults: vmstat["swap_page_reads_total"],
        meminfo: {
          ...known({
            process_memory_limit_bytes: status.processLimitBytes,
            virtual_memory_bytes: status.commitLimitBytes,
            virtual_memory_free_bytes: status.commitAvailableBytes,
          }),
          ...(lists && listSizes(lists, pageBytes)),
          ...poolSizes(counters, pageBytes),
        },
        vmstat,
      };
      return { sample, problems };
    },
  };
}

function pagingCounts(counters: PerformanceCounters, wide: WideCounters): Record<string, number> {
  const { pagesRead, dirtyPagesWritten } = counters;
  const values: Readonly<Record<string, number | undefined>> = {
    demand_zero_faults_total: counters.demandZeroFaults,
    page_faults_total: counters.pageFaults,
    swap_page_reads_total: counters.pageReads,
    swap_page_writes_total: counters.dirtyPageWrites,
    swap_pages_read_total: pagesRead,
    swap_pages_written_total: dirtyPagesWritten,
    transition_faults_total: counters.transitionFaults,
    write_copies_total: counters.copyOnWriteFaults,
  };
  const counts = known(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, wide.next(name, value)])),
  );
  const [read, written] = [counts["swap_pages_read_total"], counts["swap_pages_written_total"]];
  return { ...counts, ...known({ swap_page_operations_total: sum(read, written) }) };
}

function listSizes(
  lists: ReturnType<WindowsMeasures["memoryLists"]>,
  pageBytes: number,
): Record<string, number> {
  const standby = (from: number, to: number) =>
    lists.standbyPages.slice(from, to).reduce((pages, more) => pages + more, 0) * pageBytes;
  return {
    free_and_zero_page_list_bytes: (lists.zeroedPages + lists.freePages) * pageBytes,
    modified_page_list_bytes: lists.modifiedPages * pageBytes,
    standby_cache_core_bytes: standby(CORE_PRIORITY, lists.standbyPages.length),
    standby_cache_normal_priority_bytes: standby(NORMAL_PRIORITY, CORE_PRIORITY),
    standby_cache_reserve_bytes: standby(0, NORMAL_PRIORITY),
  };
}

function poolSizes(counters: PerformanceCounters, pageBytes: number): Record<string, number> {
  const {
    residentSystemCachePages: cache,
    residentSystemCodePages: code,
    residentSystemDriverPages: drivers,
    residentPagedPoolPages: paged,
  } = counters;
  const resident = sum(sum(cache, code), sum(drivers, paged));
  const bytes = (pages: number | undefined) => inBytes(pages, pageBytes);
  return known({
    cache_bytes: bytes(resident),
    pool_nonpaged_bytes: bytes(counters.nonPagedPoolPages),
    pool_paged_bytes: bytes(counters.pagedPoolPages),
    pool_paged_resident_bytes: bytes(paged),
    system_cache_resident_bytes: bytes(cache),
    system_code_resident_bytes: bytes(code),
    system_code_total_bytes: bytes(counters.systemCodePages),
    system_driver_resident_bytes: bytes(drivers),
    system_driver_total_bytes: bytes(counters.systemDriverPages),
    free_system_page_table_entries: counters.freeSystemPageTableEntries,
  });
}

function known(values: Readonly<Record<string, number | undefined>>): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function inBytes(pages: number | undefined, pageBytes: number): number | undefined {
  return pages === undefined ? undefined : pages * pageBytes;
}

import { type MetricSink, single } from "../../../core/mod.ts";
import type { MemorySample } from "../../../protocol/mod.ts";

/** The sizes and counters that memory.windows.ts names so, in the order in which they are written. */
const SIZES: readonly (readonly [name: string, help: string])[] = [
  ["cache_bytes", "Memory of the file cache and of the system itself that can be taken back."],
  ["free_and_zero_page_list_bytes", "Memory that holds nothing."],
  ["free_system_page_table_entries", "Entries of the system's page tables that are free."],
  ["modified_page_list_bytes", "Memory that has to be written before it can be used for something else."],
  ["pool_nonpaged_bytes", "Memory of the system that must stay where it is."],
  ["pool_paged_bytes", "Memory of the system that may be paged out."],
  ["pool_paged_resident_bytes", "The part of the paged pool that is in memory."],
  ["process_memory_limit_bytes", "Address space of one process."],
  ["standby_cache_core_bytes", "Cached memory of the highest priorities."],
  ["standby_cache_normal_priority_bytes", "Cached memory of normal priority."],
  ["standby_cache_reserve_bytes", "Cached memory of low priority."],
  ["system_cache_resident_bytes", "The part of the file cache that is in memory."],
  ["system_code_resident_bytes", "The part of the system's pageable code that is in memory."],
  ["system_code_total_bytes", "Pageable code of the system."],
  ["system_driver_resident_bytes", "The part of the drivers' pageable memory that is in memory."],
  ["system_driver_total_bytes", "Pageable memory of drivers."],
];
const COUNTERS: readonly (readonly [name: string, help: string])[] = [
  ["demand_zero_faults_total", "Page faults that were answered with an empty page."],
  ["page_faults_total", "Page faults of all kinds."],
  ["swap_page_operations_total", "Pages read from disks and written to paging files."],
  ["swap_page_reads_total", "Reads from disks to answer page faults."],
  ["swap_page_writes_total", "Writes to paging files."],
  ["swap_pages_read_total", "Pages read from disks to answer page faults."],
  ["swap_pages_written_total", "Pages written to paging files."],
  ["transition_faults_total", "Page faults that were answered with a page that was still in memory."],
  ["write_copies_total", "Page faults that were answered with a copy of another page."],
];

/** As windows_exporter's collector memory names them, and its collectors cs and os did until version 0.30. */
export function windowsMemoryMetrics(sample: MemorySample, sink: MetricSink): void {
  const gauge = (name: string, help: string, value: number | undefined) =>
    single(sink, `windows_${name}`, "gauge", help, value);
  const { totalBytes, availableBytes, meminfo, vmstat } = sample;
  gauge("memory_available_bytes", "Memory that programs can still get without paging.", availableBytes);
  gauge("memory_commit_limit", "Memory that can be promised to programs, in bytes.", sample.commitLimitBytes);
  gauge("memory_committed_bytes", "Memory that is promised to programs.", sample.committedBytes);
  gauge("memory_physical_free_bytes", "Memory that programs can still get without paging.", availableBytes);
  gauge("memory_physical_total_bytes", "Memory of the machine.", totalBytes);
  for (const [name, help] of SIZES) gauge(`memory_${name}`, help, meminfo?.[name]);
  for (const [name, help] of COUNTERS) single(sink, `windows_memory_${name}`, "counter", help, vmstat?.[name]);
  gauge("cs_physical_memory_bytes", "Memory of the machine.", totalBytes);
  gauge("os_paging_free_bytes", "Space of the paging files that is free.", sample.swapFreeBytes);
  gauge("os_paging_limit_bytes", "Space of the paging files.", sample.swapTotalBytes);
  gauge("os_physical_memory_free_bytes", "Memory that programs can still get without paging.", availableBytes);
  gauge("os_process_memory_limit_bytes", "Address space of one process.", meminfo?.["process_memory_limit_bytes"]);
  gauge("os_virtual_memory_bytes", "Memory and paging files together.", meminfo?.["virtual_memory_bytes"]);
  gauge("os_virtual_memory_free_bytes", "What of both can still be promised.", meminfo?.["virtual_memory_free_bytes"]);
  gauge("os_visible_memory_bytes", "Memory of the machine.", totalBytes);
}

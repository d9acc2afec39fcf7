import { type MetricSink, single } from "../../../core/mod.ts";
import type { MemorySample } from "../../../protocol/mod.ts";

/** The names that memory.darwin.ts gives, in the order in which they are written. */
const SIZES: readonly (readonly [name: string, help: string])[] = [
  ["active", "Memory that was used lately."],
  ["compressed", "Memory that compressed pages take."],
  ["free", "Memory that holds nothing."],
  ["inactive", "Memory that was not used lately."],
  ["internal", "Memory of programs, without that of files."],
  ["purgeable", "Memory that programs have marked as theirs to lose."],
  ["wired", "Memory that must stay where it is."],
];

/** The metrics that node_exporter has on macOS. */
export function darwinMemoryMetrics(sample: MemorySample, sink: MetricSink): void {
  const size = (name: string, help: string, bytes: number | undefined) =>
    single(sink, `node_memory_${name}_bytes`, "gauge", help, bytes);
  for (const [name, help] of SIZES) size(name, help, sample.meminfo?.[name]);
  size("swap_total", "Size of the swap files.", sample.swapTotalBytes);
  size("swap_used", "What of the swap files is used.", sample.swapUsedBytes);
  size("total", "Memory of the machine.", sample.totalBytes);
  const { swapped_in, swapped_out } = sample.vmstat ?? {};
  const read = "Bytes of pages that were read from disks.";
  const written = "Bytes of pages that were written to disks.";
  single(sink, "node_memory_swapped_in_bytes_total", "counter", read, swapped_in);
  single(sink, "node_memory_swapped_out_bytes_total", "counter", written, swapped_out);
}

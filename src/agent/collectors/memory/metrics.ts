import type { MetricSink } from "../../../core/mod.ts";
import type { MemorySample } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { darwinMemoryMetrics } from "./darwin_metrics.ts";
import { windowsMemoryMetrics } from "./windows_metrics.ts";

/** Numbers of huge pages; all else in /proc/meminfo is bytes. */
const HUGE_PAGES = "HugePages_";

/** Each value of /proc/meminfo and /proc/vmstat under node_exporter's name for it, which contains the kernel's. */
export function memoryMetrics(sample: MemorySample, sink: MetricSink, naming: Naming): void {
  if (naming === "windows") return windowsMemoryMetrics(sample, sink);
  if (naming === "darwin") return darwinMemoryMetrics(sample, sink);
  for (const name in sample.meminfo) {
    sink.family(meminfoMetric(name), "gauge", `What the kernel tells of memory as ${name}.`);
    sink.value(sample.meminfo[name]);
  }
  for (const name in sample.vmstat) {
    sink.family(`node_vmstat_${name}`, "untyped", `What the kernel counts of memory as ${name}.`);
    sink.value(sample.vmstat[name]);
  }
}

/** "Active(anon)" is node_memory_Active_anon_bytes. */
function meminfoMetric(name: string): string {
  const plain = name.endsWith(")") ? name.slice(0, -1).replace("(", "_") : name;
  return `node_memory_${plain}${name.startsWith(HUGE_PAGES) ? "" : "_bytes"}`;
}

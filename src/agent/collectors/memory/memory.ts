import type { MemorySample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { percentOf, perSecond } from "../rates.ts";
import { darwinMemory } from "./memory.darwin.ts";
import { linuxMemory } from "./memory.linux.ts";
import { windowsMemory } from "./memory.windows.ts";
import { memoryMetrics } from "./metrics.ts";

export const memoryCollector: CollectorSpec<CollectorsConfig["memory"], MemorySample> = {
  name: "memory",
  halves: { darwin: darwinMemory, linux: linuxMemory, windows: windowsMemory },
  readAtScrape: true,
  series: [
    { name: "memory.used_bytes", unit: "bytes", help: "Memory that programs cannot get without swapping." },
    { name: "memory.used_percent", unit: "percent", help: "The same as a part of all memory." },
    { name: "memory.available_bytes", unit: "bytes", help: "Memory that programs can still get without swapping." },
    { name: "memory.cached_bytes", unit: "bytes", help: "Memory that holds parts of files." },
    { name: "memory.swap_used_bytes", unit: "bytes", help: "Swap space that is used." },
    { name: "memory.swap_used_percent", unit: "percent", help: "The same as a part of the swap space." },
    { name: "memory.swap_in_bytes_per_second", unit: "bytes_per_second", help: "Memory read back from swap." },
    { name: "memory.swap_out_bytes_per_second", unit: "bytes_per_second", help: "Memory written to swap." },
    {
      name: "memory.major_page_faults_per_second",
      unit: "per_second",
      help: "How often a program waited for a page of its memory to be read from a disk.",
    },
  ],
  points(current, before, elapsedSeconds, emit) {
    emit("memory.used_bytes", current.usedBytes);
    emit("memory.used_percent", percentOf(current.usedBytes, current.totalBytes));
    emit("memory.available_bytes", current.availableBytes);
    emit("memory.cached_bytes", current.cachedBytes);
    emit("memory.swap_used_bytes", current.swapUsedBytes);
    emit("memory.swap_used_percent", percentOf(current.swapUsedBytes, current.swapTotalBytes));
    const rate = (what: "swapInBytes" | "swapOutBytes" | "majorPageFaults") =>
      perSecond(current[what], before?.[what], elapsedSeconds);
    emit("memory.swap_in_bytes_per_second", rate("swapInBytes"));
    emit("memory.swap_out_bytes_per_second", rate("swapOutBytes"));
    emit("memory.major_page_faults_per_second", rate("majorPageFaults"));
  },
  metrics: memoryMetrics,
};

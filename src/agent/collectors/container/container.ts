import type { ContainerSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { percentOf, perSecond } from "../rates.ts";
import { linuxContainer } from "./container.linux.ts";
import { containerMetrics } from "./metrics.ts";

export const containerCollector: CollectorSpec<CollectorsConfig["container"], ContainerSample> = {
  name: "container",
  halves: { linux: linuxContainer },
  readAtScrape: true,
  series: [
    { name: "container.memory_used_percent", unit: "percent", help: "Working set, of the memory limit." },
    {
      name: "container.memory_working_set_bytes",
      unit: "bytes",
      help: "Memory in use that cannot be dropped at once.",
    },
    { name: "container.cpu_percent", unit: "percent", help: "Processor time used, of the limit." },
    { name: "container.throttled_percent", unit: "percent", help: "Periods in which the limit held threads up." },
    { name: "container.processes", unit: "count", help: "Processes in the control group." },
  ],
  points(current, before, elapsedSeconds, emit) {
    emit("container.memory_used_percent", percentOf(current.memoryWorkingSetBytes, current.memoryLimitBytes));
    emit("container.memory_working_set_bytes", current.memoryWorkingSetBytes);
    // The group that is told of can change with the limits, and its counters with it.
    const same = current.path === before?.path && current.cpuLimitCores === before?.cpuLimitCores ? before : null;
    emit(
      "container.cpu_percent",
      percentOf(perSecond(current.cpuSeconds, same?.cpuSeconds, elapsedSeconds), current.cpuLimitCores),
    );
    const periods = perSecond(current.periods, same?.periods, elapsedSeconds);
    const throttled = perSecond(current.throttledPeriods, same?.throttledPeriods, elapsedSeconds);
    emit("container.throttled_percent", percentOf(throttled, periods));
    emit("container.processes", current.processes);
  },
  metrics: containerMetrics,
};

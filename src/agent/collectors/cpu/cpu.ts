import type { CpuSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { darwinCpu } from "./cpu.darwin.ts";
import { linuxCpu } from "./cpu.linux.ts";
import { windowsCpu } from "./cpu.windows.ts";
import { cpuMetrics } from "./metrics.ts";
import { CPU_SERIES, cpuPoints } from "./points.ts";

export const cpuCollector: CollectorSpec<CollectorsConfig["cpu"], CpuSample> = {
  name: "cpu",
  halves: { darwin: darwinCpu, linux: linuxCpu, windows: windowsCpu },
  readAtScrape: true,
  series: CPU_SERIES,
  points: cpuPoints,
  metrics: cpuMetrics,
};

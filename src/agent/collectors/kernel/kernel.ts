import type { KernelSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { darwinKernel } from "./kernel.darwin.ts";
import { linuxKernel } from "./kernel.linux.ts";
import { windowsKernel } from "./kernel.windows.ts";
import { kernelMetrics } from "./metrics.ts";

export const kernelCollector: CollectorSpec<CollectorsConfig["kernel"], KernelSample> = {
  name: "kernel",
  halves: { darwin: darwinKernel, linux: linuxKernel, windows: windowsKernel },
  readAtScrape: true,
  series: [
    { name: "kernel.open_files_count", unit: "count", help: "Open files of all processes; on Windows: handles." },
    { name: "kernel.entropy_bits", unit: "none", help: "Randomness that the kernel has gathered, in bits." },
    { name: "kernel.clock_offset_seconds", unit: "seconds", help: "How far the clock is from its reference." },
  ],
  points(current, _before, _elapsedSeconds, emit) {
    emit("kernel.open_files_count", current.openFiles);
    emit("kernel.entropy_bits", current.entropyBits);
    emit("kernel.clock_offset_seconds", current.clock?.offsetSeconds);
  },
  metrics: kernelMetrics,
};

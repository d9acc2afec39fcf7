import { type DarwinMeasures, darwinMeasures } from "../../../platform/mod.ts";
import type { KernelSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { TimeZoneReader } from "./time_zone.ts";

/** Written from Apple's documentation and never run on a Mac. It has no count of entropy and no state of the clock. */
export function darwinKernel(
  _options: CollectorsConfig["kernel"],
  { clock, tree }: CollectorDeps,
  { sysctlNumber, bootTimeMs }: DarwinMeasures = darwinMeasures,
): Collector<KernelSample> {
  const timeZone = new TimeZoneReader(tree);
  return {
    collect() {
      const [bootMs, nowMs] = [bootTimeMs(), clock.nowMs()];
      return {
        sample: {
          openFiles: sysctlNumber("kern.num_files"),
          openFilesLimit: sysctlNumber("kern.maxfiles"),
          // The kernel moves the time of its start when the clock is set, so the difference stays true.
          uptimeSeconds: bootMs === undefined ? undefined : Math.max(0, (nowMs - bootMs) / 1000),
          ...timeZone.read(nowMs),
        },
        problems: [],
      };
    },
  };
}

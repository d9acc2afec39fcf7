import { AppError } from "../../../core/mod.ts";
import { type WindowsMeasures, windowsMeasures } from "../../../platform/mod.ts";
import type { KernelSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { readPart } from "../reading/parts.ts";

/** Windows has no limit of handles, no count of entropy, and tells the state of its clock only to its own service. */
export function windowsKernel(
  _options: CollectorsConfig["kernel"],
  { clock }: CollectorDeps,
  measures: WindowsMeasures = windowsMeasures,
): Collector<KernelSample> {
  return {
    collect() {
      const problems: string[] = [];
      const totals = readPart(problems, "handles", measures.systemTotals);
      const uptimeSeconds = readPart(problems, "uptime", measures.uptimeSeconds);
      const zone = readPart(problems, "time zone", measures.timeZone);
      if (totals === undefined && uptimeSeconds === undefined) {
        throw new AppError("unavailable", `Cannot read the kernel's state: ${problems.join("; ")}`);
      }
      const sample: KernelSample = {
        openFiles: totals?.handles,
        uptimeSeconds,
        timeSeconds: clock.nowMs() / 1000,
        timeZone: zone?.name || undefined,
        utcOffsetSeconds: zone?.utcOffsetSeconds,
      };
      return { sample, problems };
    },
  };
}

import { type WindowsMeasures, windowsMeasures } from "../../../platform/mod.ts";
import type { SelfSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { readPart } from "../reading/parts.ts";
import { createSelf, type SelfReader } from "./self_collector.ts";

export function windowsSelf(
  _options: CollectorsConfig["self"],
  deps: CollectorDeps,
  measures: WindowsMeasures = windowsMeasures,
): Collector<SelfSample> {
  return createSelf(deps, windowsReader(measures));
}

/** Private memory is what no file stands for; open files are handles, of whatever kind. */
function windowsReader({ ownCpuSeconds, ownHandles, ownMemory }: WindowsMeasures): SelfReader {
  return {
    read: (problems) => ({
      cpuSeconds: readPart(problems, "processor time", ownCpuSeconds),
      anonymousBytes: readPart(problems, "private memory", ownMemory)?.privateBytes,
      openFiles: readPart(problems, "handles", ownHandles),
    }),
  };
}

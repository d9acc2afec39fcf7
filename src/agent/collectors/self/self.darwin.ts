import { type DarwinMeasures, darwinMeasures, openFileLimit } from "../../../platform/mod.ts";
import type { SelfSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { readPart } from "../reading/parts.ts";
import { createSelf } from "./self_collector.ts";

/** Written from Apple's documentation and never run on a Mac. A program may always look at itself. */
export function darwinSelf(
  _options: CollectorsConfig["self"],
  deps: CollectorDeps,
  measures: DarwinMeasures = darwinMeasures,
): Collector<SelfSample> {
  return createSelf(deps, {
    read(problems) {
      const use = readPart(problems, "use by the agent", () => measures.processFacts(Deno.pid)?.use);
      return {
        cpuSeconds: use?.cpuSeconds,
        virtualBytes: use?.virtualBytes,
        threads: use?.threads,
        openFiles: readPart(problems, "open files", () => measures.openFileCount(Deno.pid)),
        openFilesLimit: openFileLimit()?.soft,
      };
    },
  });
}

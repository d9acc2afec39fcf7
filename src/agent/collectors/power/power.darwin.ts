import { type DarwinMeasures, darwinMeasures } from "../../../platform/mod.ts";
import type { PowerSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { withinTime } from "../reading/parts.ts";
import { parsePmset, PMSET, PMSET_ARGS } from "./pmset.ts";

const PMSET_LIMIT_MS = 3_000;

/** Written from Apple's documentation and never run on a Mac. A Mac without a battery has no supplies. */
export function darwinPower(
  _options: CollectorsConfig["power"],
  { clock }: CollectorDeps,
  measures: DarwinMeasures = darwinMeasures,
): Collector<PowerSample> {
  return {
    async collect(signal): Promise<Reading<PowerSample>> {
      const text = await withinTime(
        clock,
        PMSET_LIMIT_MS,
        signal,
        (within) => measures.toolOutput(PMSET, PMSET_ARGS, within),
      );
      return { sample: { supplies: parsePmset(text) }, problems: [] };
    },
  };
}

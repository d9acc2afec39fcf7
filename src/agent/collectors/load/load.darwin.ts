import type { LoadSample } from "../../../protocol/mod.ts";
import type { Collector } from "../contract.ts";

/** The runtime asks getloadavg(3), which macOS has as Linux does. Counts of tasks it does not have. */
export function darwinLoad(
  _options: unknown,
  _deps: unknown,
  loadAverages: () => number[] = Deno.loadavg,
): Collector<LoadSample> {
  return {
    collect() {
      const [load1 = 0, load5 = 0, load15 = 0] = loadAverages();
      return { sample: { load1, load5, load15 }, problems: [] };
    },
  };
}

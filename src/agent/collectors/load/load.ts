import type { LoadSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { darwinLoad } from "./load.darwin.ts";
import { linuxLoad } from "./load.linux.ts";
import { loadMetrics } from "./metrics.ts";

export const loadCollector: CollectorSpec<CollectorsConfig["load"], LoadSample> = {
  name: "load",
  halves: { darwin: darwinLoad, linux: linuxLoad },
  readAtScrape: true,
  series: [
    { name: "load.load1", unit: "none", help: "Threads that ran or waited to, on average over 1 minute." },
    { name: "load.load5", unit: "none", help: "The same over 5 minutes." },
    { name: "load.load15", unit: "none", help: "The same over 15 minutes." },
  ],
  points(current, _before, _elapsedSeconds, emit) {
    emit("load.load1", current.load1);
    emit("load.load5", current.load5);
    emit("load.load15", current.load15);
  },
  metrics: loadMetrics,
};

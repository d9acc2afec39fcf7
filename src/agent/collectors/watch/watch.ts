import type { WatchSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { createWatch } from "./collect.ts";
import { watchMetrics } from "./metrics.ts";

/** Checks from this host: whether somebody accepts connections, answers HTTP, ICMP or DNS, and how soon. */
export const watchCollector: CollectorSpec<CollectorsConfig["watch"][number], WatchSample> = {
  name: "watch",
  halves: { linux: createWatch, windows: createWatch, darwin: createWatch },
  readAtScrape: false,
  series: [
    { name: "watch.up", unit: "none", help: "1 when the check succeeded, else 0.", instance: "name" },
    { name: "watch.latency_seconds", unit: "seconds", help: "How long the answer took.", instance: "name" },
  ],
  points({ name, up, latencyMs }, _before, _elapsedSeconds, emit) {
    emit("watch.up", up === undefined ? undefined : up ? 1 : 0, name);
    emit("watch.latency_seconds", latencyMs === undefined ? undefined : latencyMs / 1_000, name);
  },
  metrics: watchMetrics,
};

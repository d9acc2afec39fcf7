import type { NetworkSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { networkMetrics } from "./metrics.ts";
import { darwinNetwork } from "./network.darwin.ts";
import { linuxNetwork } from "./network.linux.ts";
import { windowsNetwork } from "./network.windows.ts";
import { networkPoints, networkSeries } from "./points.ts";

export const networkCollector: CollectorSpec<CollectorsConfig["network"], NetworkSample> = {
  name: "network",
  halves: { linux: linuxNetwork, darwin: darwinNetwork, windows: windowsNetwork },
  readAtScrape: true,
  series: networkSeries,
  points: networkPoints,
  metrics: networkMetrics,
};

import type { TextfileSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { createTextfile } from "./collect.ts";
import { textfileMetrics } from "./metrics.ts";

/**
 * The user's own metrics, from `*.prom` files. Without a directory there is no such collector: whoever runs the
 * collectors does not call `create` then. A user's metrics have no charts here; Prometheus has them.
 */
export const textfileCollector: CollectorSpec<CollectorsConfig["textfile"], TextfileSample> = {
  name: "textfile",
  halves: { linux: createTextfile, windows: createTextfile, darwin: createTextfile },
  readAtScrape: true,
  series: [],
  points: () => {},
  metrics: textfileMetrics,
};

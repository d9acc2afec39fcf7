import type { HostSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { darwinHost } from "./host.darwin.ts";
import { linuxHost } from "./host.linux.ts";
import { windowsHost } from "./host.windows.ts";
import { hostMetrics } from "./metrics.ts";

export const hostCollector: CollectorSpec<CollectorsConfig["host"], HostSample> = {
  name: "host",
  halves: { darwin: darwinHost, linux: linuxHost, windows: windowsHost },
  readAtScrape: false,
  series: [],
  points() {}, // what a host is has no chart
  metrics: hostMetrics,
};

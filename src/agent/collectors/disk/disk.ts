import type { DiskSample } from "../../../protocol/mod.ts";
import { fileSystemUse } from "../../../platform/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { darwinDisk } from "./disk.darwin.ts";
import { linuxDisk } from "./disk.linux.ts";
import { windowsDisk } from "./disk.windows.ts";
import { diskMetrics } from "./metrics.ts";
import { MountAsker } from "./mount_asker.ts";
import { diskPoints } from "./points.ts";
import { DISK_SERIES } from "./series.ts";

/** One for the process: a stuck call outlives the collector that made it, when the config is read anew. */
let asker: MountAsker | undefined;

/** File systems and disks. */
export const diskCollector: CollectorSpec<CollectorsConfig["disk"], DiskSample> = {
  name: "disk",
  halves: {
    darwin: (options, deps) => darwinDisk(options, deps, asker ??= new MountAsker(fileSystemUse)),
    linux: (options, deps) => linuxDisk(options, deps, asker ??= new MountAsker(fileSystemUse)),
    windows: (options, deps) => windowsDisk(options, deps),
  },
  readAtScrape: true,
  series: DISK_SERIES,
  points: diskPoints,
  metrics: diskMetrics,
};

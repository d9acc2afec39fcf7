import type { CollectorsConfig } from "../contract.ts";

/** One item of `collectors.watch`. */
export type WatchOptions = CollectorsConfig["watch"][number];

import type { SelfSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { perSecond } from "../rates.ts";
import { selfMetrics } from "./metrics.ts";
import { darwinSelf } from "./self.darwin.ts";
import { linuxSelf } from "./self.linux.ts";
import { windowsSelf } from "./self.windows.ts";

export const selfCollector: CollectorSpec<CollectorsConfig["self"], SelfSample> = {
  name: "self",
  halves: { linux: linuxSelf, windows: windowsSelf, darwin: darwinSelf },
  readAtScrape: true,
  series: [
    { name: "self.cpu_percent", unit: "percent", help: "Use of one core by the agent." },
    { name: "self.rss_bytes", unit: "bytes", help: "Memory of the agent." },
    { name: "self.anonymous_bytes", unit: "bytes", help: "Memory of the agent that no file stands for." },
    { name: "self.heap_used_bytes", unit: "bytes", help: "What the agent's JavaScript heap holds." },
    { name: "self.event_loop_lag_seconds", unit: "seconds", help: "How late the agent's event loop was at worst." },
  ],
  points(current, before, elapsedSeconds, emit) {
    const cores = perSecond(current.cpuSeconds, before?.cpuSeconds, elapsedSeconds);
    emit("self.cpu_percent", cores === undefined ? undefined : cores * 100);
    emit("self.rss_bytes", current.rssBytes);
    emit("self.anonymous_bytes", current.anonymousBytes);
    emit("self.heap_used_bytes", current.heapUsedBytes);
    emit("self.event_loop_lag_seconds", current.eventLoopLagMaxSeconds);
  },
  metrics: selfMetrics,
};

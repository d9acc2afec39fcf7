import type { ProcessesSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { perSecond } from "../rates.ts";
import { darwinProcesses } from "./processes.darwin.ts";
import { processesMetrics } from "./metrics.ts";
import { linuxProcesses } from "./processes.linux.ts";
import { windowsProcesses } from "./processes.windows.ts";

export const processesCollector: CollectorSpec<CollectorsConfig["processes"], ProcessesSample> = {
  name: "processes",
  halves: { darwin: darwinProcesses, linux: linuxProcesses, windows: windowsProcesses },
  readAtScrape: false,
  series: [
    { name: "processes.total", unit: "count", help: "Processes that exist." },
    { name: "processes.running", unit: "count", help: "Processes that run or could run now." },
    { name: "processes.zombie", unit: "count", help: "Processes that have ended and wait for their parents." },
    { name: "processes.threads", unit: "count", help: "Threads of all processes." },
    {
      name: "processes.cpu_percent",
      unit: "percent",
      help: "Use of one core by a supervised process and its descendants.",
      instance: "process",
    },
    {
      name: "processes.rss_bytes",
      unit: "bytes",
      help: "Memory of a supervised process and its descendants.",
      instance: "process",
    },
  ],
  points(current, before, elapsedSeconds, emit) {
    const { states } = current;
    // Where states are known at all, one that nobody is in is a measured zero.
    const inState = (state: string) => Object.keys(states).length === 0 ? undefined : states[state] ?? 0;
    emit("processes.total", current.total);
    emit("processes.running", inState("running"));
    emit("processes.zombie", inState("zombie"));
    emit("processes.threads", current.threads);
    for (const { id, pid, cpuSeconds, rssBytes } of current.supervised) {
      const old = before?.supervised.find((process) => process.id === id);
      // Another pid is another process, whose use does not go on from that of the one before.
      const cores = old?.pid === pid ? perSecond(cpuSeconds, old.cpuSeconds, elapsedSeconds) : undefined;
      emit("processes.cpu_percent", cores === undefined ? undefined : cores * 100, id);
      emit("processes.rss_bytes", rssBytes, id);
    }
  },
  metrics: processesMetrics,
};

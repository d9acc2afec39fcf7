import { currentOs } from "../../platform/mod.ts";
import { containerCollector } from "./container/container.ts";
import type { CollectorDeps, CollectorsConfig, CollectorSpec, SeriesSpec } from "./contract.ts";
import { cpuCollector } from "./cpu/cpu.ts";
import { diskCollector } from "./disk/disk.ts";
import { execCollector } from "./exec/exec.ts";
import { hostCollector } from "./host/host.ts";
import { kernelCollector } from "./kernel/kernel.ts";
import { loadCollector } from "./load/load.ts";
import { memoryCollector } from "./memory/memory.ts";
import { networkCollector } from "./network/network.ts";
import { powerCollector } from "./power/power.ts";
import { pressureCollector } from "./pressure/pressure.ts";
import { processesCollector } from "./processes/processes.ts";
import type { TaskSpec } from "./runner/task.ts";
import { selfCollector } from "./self/self.ts";
import { temperatureCollector } from "./temperature/temperature.ts";
import { textfileCollector } from "./textfile/textfile.ts";
import { watchCollector } from "./watch/watch.ts";

/** Those that read at an interval, by their section of the config. */
type PlainName = Exclude<keyof CollectorsConfig, "interval" | "roots" | "history" | ListName>;

/** A spec of which only the samples' type has been forgotten: a task gives it none but its own. */
// deno-lint-ignore no-explicit-any
type PlainSpec<Name extends PlainName> = CollectorSpec<CollectorsConfig[Name], any>;

/** Those of which the config has a list. */
type ListName = "exec" | "watch";

// deno-lint-ignore no-explicit-any
type ListSpec<Name extends ListName> = CollectorSpec<CollectorsConfig[Name][number], any>;

interface Entry {
  readonly series: readonly SeriesSpec[];
  make(config: CollectorsConfig, deps: CollectorDeps): TaskSpec[];
}

/** Every collector, the most important first: so they are shown, and so they get the memory for the past. */
const COLLECTORS: readonly Entry[] = [
  entry("cpu", cpuCollector),
  entry("memory", memoryCollector),
  entry("disk", diskCollector),
  entry("network", networkCollector),
  entry("processes", processesCollector),
  entry("host", hostCollector),
  entry("load", loadCollector),
  entry("pressure", pressureCollector),
  entry("kernel", kernelCollector),
  entry("temperature", temperatureCollector),
  entry("power", powerCollector),
  entry("container", containerCollector),
  entry("self", selfCollector),
  entry("textfile", textfileCollector, ({ directory }) => directory === ""),
  listed("exec", execCollector),
  listed("watch", watchCollector),
];

/** What a reading may take. Those that wait for others heed limits of their own before this one. */
const MIN_TIMEOUT_MS = 5_000;
const MAX_TIMEOUT_MS = 30_000;

/** What the config asks to run on this system. */
export function collectorTasks(config: CollectorsConfig, deps: CollectorDeps): TaskSpec[] {
  return COLLECTORS.flatMap(({ make }) => make(config, deps));
}

/** What a series is, whichever collector's. */
export function describeSeries(name: string): SeriesSpec | undefined {
  for (const { series } of COLLECTORS) {
    const found = series.find((candidate) => candidate.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One that has nothing to read by its options is as good as disabled. */
function entry<Name extends PlainName>(
  name: Name,
  spec: PlainSpec<Name>,
  hasNothing: (options: CollectorsConfig[Name]) => boolean = () => false,
): Entry {
  return {
    series: spec.series,
    make(config, deps) {
      const options: CollectorsConfig[Name] = config[name];
      const intervalMs = options.interval.ms;
      const timeoutMs = Math.min(MAX_TIMEOUT_MS, Math.max(MIN_TIMEOUT_MS, intervalMs));
      const base = { name, spec, intervalMs, timeoutMs, onDemand: true };
      if (!options.enabled || hasNothing(options)) return [{ ...base, absent: { state: "disabled" } }];
      const create = spec.halves[currentOs()];
      if (create === undefined) return [{ ...base, absent: { state: "unsupported", reason: "this system has none" } }];
      return [{ ...base, create: () => create(options, deps) }];
    },
  };
}

/** Commands and checks: a collector for each item of the list, read at the item's own interval and never in between. */
function listed<Name extends ListName>(name: Name, spec: ListSpec<Name>): Entry {
  return {
    series: spec.series,
    make(config, deps) {
      const create = spec.halves[currentOs()];
      const items: readonly CollectorsConfig[Name][number][] = config[name];
      return items.map((item) => ({
        name: `${name}/${item.name}`,
        spec,
        intervalMs: item.interval.ms,
        timeoutMs: item.timeout.ms + MIN_TIMEOUT_MS,
        onDemand: false,
        ...(create === undefined
          ? { absent: { state: "unsupported" as const, reason: "this system cannot do it" } }
          : { create: () => create(item, deps) }),
      }));
    },
  };
}

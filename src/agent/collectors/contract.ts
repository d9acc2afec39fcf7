import type { Clock, MetricSink } from "../../core/mod.ts";
import type { Config } from "../../config/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { Os } from "../../platform/mod.ts";
import type { CollectorPorts } from "./ports.ts";
import type { TreeReader } from "./reading/tree_reader.ts";
import type { LagMeter } from "./runner/lag_meter.ts";

/** What every collector is made with. */
export interface CollectorDeps {
  /** Reads below the configured roots of /proc, /sys and the file system. */
  readonly tree: TreeReader;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: CollectorPorts;
  readonly lag: LagMeter;
}

/** One look at the host. What could not be measured is absent from the sample, and `problems` says why. */
export interface Reading<Sample> {
  readonly sample: Sample;
  /** Each names what is absent and the reason; the same text for as long as the cause is the same. */
  readonly problems: readonly string[];
}

/**
 * Reads one matter. `collect` is never called again before it has settled; where it can be kept waiting it heeds its
 * signal, or goes on behind and says in `problems` what is stuck. It throws only when nothing could be read at all.
 */
export interface Collector<Sample> {
  collect(signal: AbortSignal): Reading<Sample> | Promise<Reading<Sample>>;
  /** Gives back what it holds open. It is the last call. */
  close?(): void;
}

/** One value of a chart. An absent value, or one that is not finite, is not a point. */
export type EmitPoint = (series: string, value: number | undefined, instance?: string) => void;

/** What a chart's line is. */
export interface SeriesSpec {
  /** `<collector>.<what>_<unit>`: `disk.used_bytes`. */
  readonly name: string;
  readonly unit: "bytes" | "bytes_per_second" | "per_second" | "percent" | "count" | "seconds" | "celsius" | "none";
  readonly help: string;
  /** What tells its lines apart, where there are several: `mount`, `device`, `interface`. */
  readonly instance?: string;
}

/** How names of metrics are chosen: as node_exporter's on Linux, as its on macOS, or as windows_exporter's. */
export type Naming = "node" | "darwin" | "windows";

export type CollectorsConfig = Config["collectors"];

export type CreateCollector<Options, Sample> = (options: Options, deps: CollectorDeps) => Collector<Sample>;

/** One collector: everything about a matter but when it is read, which the runner knows. */
export interface CollectorSpec<Options, Sample> {
  /** Also its section of the config and its name in the API. */
  readonly name: string;
  /** How it is read on each system that it exists for. */
  readonly halves: Readonly<Partial<Record<Os, CreateCollector<Options, Sample>>>>;
  /** True when a scrape may wait for a reading of its own; false for what is costly or slow: then the latest one counts. */
  readonly readAtScrape: boolean;
  readonly series: readonly SeriesSpec[];
  /** The points of one reading; rates from the reading before, which is null at the first one, and the time between. */
  points(current: Sample, before: Sample | null, elapsedSeconds: number, emit: EmitPoint): void;
  /** The metrics of one reading. */
  metrics(sample: Sample, sink: MetricSink, naming: Naming): void;
}

import { AppError, messageOf } from "../../core/mod.ts";
import type { ServerEvent } from "../../http/mod.ts";
import {
  type CollectorReading,
  collectorReading,
  type CollectorStatus,
  containerSample,
  cpuSample,
  diskSample,
  type ExecSample,
  execSample,
  hostSample,
  kernelSample,
  loadSample,
  memorySample,
  networkSample,
  pressureSample,
  processesSample,
  temperatureSample,
  type WatchSample,
  watchSample,
} from "../../protocol/mod.ts";
import type { Series } from "./series.ts";

const SAMPLES = {
  cpu: cpuSample,
  load: loadSample,
  pressure: pressureSample,
  memory: memorySample,
  disk: diskSample,
  network: networkSample,
  processes: processesSample,
  host: hostSample,
  kernel: kernelSample,
  temperature: temperatureSample,
  container: containerSample,
} as const;
type Samples = typeof SAMPLES;
type Name = keyof Samples;
type SampleOf<N extends Name> = ReturnType<ReturnType<Samples[N]>["parse"]>;

/** What the view shows; the stream is asked for these, which spares the host the others. */
export const SHOWN_COLLECTORS: readonly string[] = [...Object.keys(SAMPLES), "exec/*", "watch/*"];

/** What is known of the host at one moment. What was not measured is undefined. */
export interface HostState {
  /** Of the newest reading. */
  readonly timeMs: number | undefined;
  /** How each collector does, when the agent has told. */
  readonly collectors: readonly CollectorStatus[];
  readonly watches: readonly WatchSample[];
  readonly execs: readonly ExecSample[];
  sample<N extends Name>(name: N): SampleOf<N> | undefined;
  /** A point of a collector's reading, rates among them: the one without an instance, or of this one. */
  point(series: Series, instance?: string): number | undefined;
}

/** Gathers the readings of a stream, the latest of each collector. */
export class Readings implements HostState {
  readonly #latest = new Map<string, Entry>();
  collectors: readonly CollectorStatus[] = [];

  /** The reading that an event brings, or null for an event that is none. */
  take({ event, data }: ServerEvent): CollectorReading | null {
    if (event !== "sample") return null; // of a newer version
    const reading = readingOf(data);
    this.add(reading);
    return reading;
  }

  add(reading: CollectorReading): void {
    this.#latest.set(reading.collector, new Entry(reading));
  }

  get latest(): CollectorReading[] {
    return [...this.#latest.values()].map(({ reading }) => reading);
  }

  get timeMs(): number | undefined {
    const times = this.latest.map(({ timeMs }) => timeMs);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  get watches(): WatchSample[] {
    return this.#several("watch/", watchSample);
  }

  get execs(): ExecSample[] {
    return this.#several("exec/", execSample);
  }

  sample<N extends Name>(name: N): SampleOf<N> | undefined {
    return this.#latest.get(name)?.sample(SAMPLES[name] as unknown as () => Parser<SampleOf<N>>);
  }

  point(series: Series, instance?: string): number | undefined {
    const [collector = ""] = series.split(".", 1);
    return this.#latest.get(collector)?.points.get(pointKey(series, instance));
  }

  /** A copy that stands still while readings go on arriving. */
  still(): Readings {
    const copy = new Readings();
    for (const [name, entry] of this.#latest) copy.#latest.set(name, entry);
    copy.collectors = this.collectors;
    return copy;
  }

  #several<T>(prefix: string, schema: () => Parser<T>): T[] {
    return [...this.#latest].filter(([name]) => name.startsWith(prefix))
      .flatMap(([, entry]) => entry.sample(schema) ?? []);
  }
}

interface Parser<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** A reading of which only what is looked at is parsed, and only once. */
class Entry {
  readonly reading: CollectorReading;
  #parsed: { readonly sample: unknown } | undefined;
  #points: ReadonlyMap<string, number> | undefined;

  constructor(reading: CollectorReading) {
    this.reading = reading;
  }

  /** Undefined for a sample that another version of the agent means differently. */
  sample<T>(schema: () => Parser<T>): T | undefined {
    if (this.#parsed === undefined) {
      const result = schema().safeParse(this.reading.sample);
      this.#parsed = { sample: result.success ? result.data : undefined };
    }
    return this.#parsed.sample as T | undefined; // a collector's name decides its schema
  }

  get points(): ReadonlyMap<string, number> {
    return this.#points ??= new Map(
      Object.entries(this.reading.points).map(([name, value]) => [withoutLabel(name), value]),
    );
  }
}

function pointKey(series: string, instance: string | undefined): string {
  return instance === undefined ? series : `${series}{${JSON.stringify(instance)}}`;
}

/** A series has one label at most, so the name of the label tells nothing: `disk.busy_percent{device="sda"}`. */
function withoutLabel(name: string): string {
  return name.replace(/\{\w+=/, "{");
}

function readingOf(data: string): CollectorReading {
  try {
    return collectorReading().parse(JSON.parse(data));
  } catch (cause) {
    throw new AppError("unavailable", `The agent told what is no reading: ${messageOf(cause)}`, { cause });
  }
}

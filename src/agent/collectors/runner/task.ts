import type { CollectorReading, CollectorStatus } from "../../../protocol/mod.ts";
import type { Clock, MetricSink } from "../../../core/mod.ts";
import { AppError, messageOf } from "../../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../../log/mod.ts";
import type { Collector, CollectorSpec, EmitPoint, Naming, Reading, SeriesSpec } from "../contract.ts";
import { lineName } from "../history/history.ts";
import type { Track } from "../history/track.ts";

/** A collector with its options, which are hidden in `create`; what the registry makes of the config. */
export interface TaskSpec {
  /** `disk`, `exec/backup`. */
  readonly name: string;
  // A spec is only ever given samples of its own collector.
  // deno-lint-ignore no-explicit-any
  readonly spec: Pick<CollectorSpec<any, any>, "name" | "readAtScrape" | "series" | "points" | "metrics">;
  readonly intervalMs: number;
  /** False for what acts on the world, and so is done at its interval only: commands and checks. */
  readonly onDemand: boolean;
  /** Time that one reading has. */
  readonly timeoutMs: number;
  /** Why it does not run; then there is no `create`. */
  readonly absent?: { readonly state: "disabled" | "unsupported"; readonly reason?: string };
  readonly create?: () => Collector<unknown>;
}

/** One reading and when it was made; a rate needs two of them. */
export interface TimedReading {
  readonly reading: Reading<unknown>;
  readonly timeMs: number;
  readonly monotonicMs: number;
  readonly durationMs: number;
}

/** One collector that runs: makes readings, one at a time, and knows how the last ones went. */
export class Task {
  readonly spec: TaskSpec;
  readonly #clock: Clock;
  readonly #log: StateLog;
  #collector: Collector<unknown> | null = null;
  #underWay: Promise<TimedReading | null> | null = null;
  #abort = new AbortController();
  #latest: TimedReading | null = null;
  #failure: string | null = null;
  #runs = 0;
  #failures = 0;
  /** What charts show: the last two readings that were due, whatever was read between them. */
  #due: { readonly current: TimedReading; readonly before: TimedReading | null } | null = null;

  constructor(spec: TaskSpec, clock: Clock, log: Logger) {
    this.spec = spec;
    this.#clock = clock;
    this.#log = createStateLog(log.child({ collector: spec.name }), clock, "collector");
  }

  get latest(): TimedReading | null {
    return this.#latest;
  }

  /** A reading that is not older than asked for: the latest one, the one under way, or a new one; null if it failed. */
  async read(maxAgeMs: number): Promise<TimedReading | null> {
    const latest = this.#latest;
    if (latest !== null && this.#clock.monotonicMs() - latest.monotonicMs < maxAgeMs) return latest;
    return await this.#start();
  }

  /** The reading that is due now, into the history. */
  async readDue(track: Track): Promise<TimedReading | null> {
    const current = await this.#start();
    if (current === null) {
      this.#due = null; // the rate over a gap would be drawn as if it were known
      return null;
    }
    this.#due = { current, before: this.#due?.current ?? null };
    track.begin(current.timeMs);
    pointsBetween(this.spec, current, this.#due.before, (series, value, instance) => {
      if (value !== undefined && Number.isFinite(value)) track.point(series, value, instance);
    });
    return current;
  }

  /** The latest reading that was due, as the API shows it. */
  shown(): CollectorReading | null {
    return this.#due === null ? null : shownReading(this.spec, this.#due.current, this.#due.before);
  }

  /** The points of that reading, and when it was made; null when there is none. */
  shownPoints(emit: EmitPoint): number | null {
    if (this.#due === null) return null;
    pointsBetween(this.spec, this.#due.current, this.#due.before, emit);
    return this.#due.current.timeMs;
  }

  metrics(sink: MetricSink, naming: Naming): void {
    if (this.#failure === null && this.#latest !== null) {
      this.spec.spec.metrics(this.#latest.reading.sample, sink, naming);
    }
  }

  /** True when the last try gave a reading. */
  get succeeded(): boolean {
    return this.#failure === null && this.#latest !== null;
  }

  get failure(): string | null {
    return this.#failure;
  }

  status(): CollectorStatus {
    const { name, intervalMs, absent } = this.spec;
    const counts = { runs: this.#runs, failures: this.#failures };
    if (absent !== undefined) return { name, ...absent, ...counts };
    const problems = this.#latest?.reading.problems ?? [];
    const state = this.#failure !== null
      ? "failed"
      : this.#latest === null
      ? "waiting"
      : problems.length > 0
      ? "partial"
      : "ok";
    const reason = this.#failure ?? (problems.length > 0 ? problems.join("; ") : undefined);
    return {
      name,
      state,
      intervalMs,
      ...(reason === undefined ? {} : { reason }),
      ...(this.#latest === null ? {} : { lastMs: this.#latest.timeMs, durationMs: this.#latest.durationMs }),
      ...counts,
    };
  }

  /** Ends the reading under way and gives back what the collector holds. */
  async close(): Promise<void> {
    this.#abort.abort(new AppError("cancelled", "The collectors stop"));
    await this.#underWay;
    this.#collector?.close?.();
    this.#collector = null;
  }

  #start(): Promise<TimedReading | null> {
    if (this.#underWay !== null) return this.#withinTime(this.#underWay);
    if (this.spec.create === undefined || this.#abort.signal.aborted) return Promise.resolve(null);
    const startedMs = this.#clock.monotonicMs();
    const { signal } = this.#abort;
    const settle = (reading: Reading<unknown>) => this.#succeed(reading, startedMs);
    // What was told to end has been counted as a failure, or is of no interest any more.
    const giveUp = (error: unknown) => signal.aborted ? null : this.#fail(messageOf(error));
    try {
      const reading = (this.#collector ??= this.spec.create()).collect(signal);
      if (!(reading instanceof Promise)) return Promise.resolve(settle(reading));
      this.#underWay = reading.then(settle, giveUp)
        .finally(() => this.#underWay = null);
      return this.#withinTime(this.#underWay);
    } catch (error) {
      return Promise.resolve(this.#fail(messageOf(error)));
    }
  }

  /** What takes too long is told to end; it is asked again only when it has. */
  async #withinTime(underWay: Promise<TimedReading | null>): Promise<TimedReading | null> {
    const { timeoutMs } = this.spec;
    const timer = new AbortController();
    const late = Symbol();
    const limit = this.#clock.sleep(timeoutMs, timer.signal).then(() => late, () => late);
    try {
      const first = await Promise.race([underWay, limit]);
      if (typeof first !== "symbol") return first;
      this.#abort.abort(new AppError("timeout", `It did not end within ${timeoutMs} ms`));
      this.#abort = new AbortController();
      return this.#fail(`no answer within ${timeoutMs / 1000} s`);
    } finally {
      timer.abort();
    }
  }

  #succeed(reading: Reading<unknown>, startedMs: number): TimedReading {
    const monotonicMs = this.#clock.monotonicMs();
    const durationMs = monotonicMs - startedMs;
    this.#runs++;
    this.#failure = null;
    this.#latest = { reading, timeMs: this.#clock.nowMs(), monotonicMs, durationMs };
    if (reading.problems.length === 0) this.#log.recovered();
    else this.#log.failed(reading.problems.join("; "));
    return this.#latest;
  }

  #fail(reason: string): null {
    this.#runs++;
    this.#failures++;
    this.#failure = reason;
    this.#log.failed(reason);
    return null;
  }
}

/** The points of a reading, with rates where there is one before it. */
function pointsBetween(
  { spec }: TaskSpec,
  current: TimedReading,
  before: TimedReading | null,
  emit: EmitPoint,
): void {
  const elapsedSeconds = before === null ? 0 : (current.monotonicMs - before.monotonicMs) / 1000;
  spec.points(current.reading.sample, before?.reading.sample ?? null, elapsedSeconds, emit);
}

export function shownReading(spec: TaskSpec, current: TimedReading, before: TimedReading | null): CollectorReading {
  const labels = new Map(spec.spec.series.map(({ name, instance }: SeriesSpec) => [name, instance]));
  const points: Record<string, number> = {};
  pointsBetween(spec, current, before, (series, value, instance) => {
    if (value === undefined || !Number.isFinite(value)) return;
    points[lineName(series, labels.get(series), instance)] = Number(value.toPrecision(12));
  });
  const { reading, timeMs, durationMs } = current;
  return {
    collector: spec.name,
    timeMs,
    durationMs: Math.round(durationMs * 1000) / 1000,
    problems: [...reading.problems],
    sample: reading.sample,
    points,
  };
}

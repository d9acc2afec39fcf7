import type { Clock, MetricSink, TextFormat } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { currentOs, type Os } from "../../platform/mod.ts";
import type { CollectorReading, CollectorsReport, SampleRow, SamplesHistory } from "../../protocol/mod.ts";
import type { CollectorsConfig, Naming } from "./contract.ts";
import { History, type HistoryQuery } from "./history/history.ts";
import { FINE_SPAN_MS } from "./history/track.ts";
import type { CollectorPorts } from "./ports.ts";
import { createTreeReader } from "./reading/tree_reader.ts";
import { collectorTasks, describeSeries } from "./registry.ts";
import { LagMeter } from "./runner/lag_meter.ts";
import { Runner } from "./runner/runner.ts";
import { fleetRow, fleetRows, type FleetSpan } from "./serving/fleet_rows.ts";
import { LiveSamples, type StreamRequest } from "./serving/live_samples.ts";
import { freshenForScrape, metricsText, writeMetrics } from "./serving/metrics_page.ts";

export interface CollectorsOptions {
  readonly config: CollectorsConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: CollectorPorts;
  /** Told which collectors fail, whenever that changes. */
  readonly onFailing: (names: readonly string[]) => void;
  readonly random?: () => number;
}

const NAMING: Readonly<Record<Os, Naming>> = { linux: "node", darwin: "darwin", windows: "windows" };

/** What the component `collectors` is, and what the rest of the agent can ask of it. */
export class Collectors {
  readonly #options: CollectorsOptions;
  readonly #naming = NAMING[currentOs()];
  readonly #history: History;
  readonly #runner: Runner;
  readonly #live: LiveSamples;
  readonly #lag = new LagMeter();
  #config: CollectorsConfig;
  #running = false;
  /** Starts, stops and new configs follow one another. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: CollectorsOptions) {
    const { config, clock, log, random = Math.random } = options;
    this.#options = options;
    this.#config = config;
    this.#history = new History(config.history.max_size.bytes, describeSeries);
    this.#runner = new Runner({
      clock,
      log,
      random,
      lag: this.#lag,
      history: this.#history,
      onReading: (task) => this.#live.tell(task),
      onStates: options.onFailing,
    });
    this.#live = new LiveSamples(this.#runner, clock);
  }

  component(dependsOn: readonly string[]): Component {
    return {
      name: "collectors",
      dependsOn,
      start: (signal) => this.start(signal),
      stop: () => this.stop(),
    };
  }

  start(signal: AbortSignal): Promise<void> {
    return Promise.try(() => {
      signal.throwIfAborted();
      this.#running = true;
      this.#begin();
    });
  }

  stop(): Promise<void> {
    this.#running = false;
    this.#live.close();
    return this.#last = this.#last.then(() => this.#runner.stop());
  }

  /** Goes on by another config; what is remembered of collectors that stay as they are is kept. */
  reconfigure(config: CollectorsConfig): Promise<void> {
    this.#config = config;
    return this.#last = this.#last.then(async () => {
      if (!this.#running) return;
      await this.#runner.stop();
      if (this.#running) this.#begin();
    });
  }

  nowMs(): number {
    return this.#options.clock.nowMs();
  }

  latest(wants: (collector: string) => boolean): CollectorReading[] {
    return this.#runner.tasks.filter(({ spec }) => wants(spec.name)).flatMap((task) => task.shown() ?? []);
  }

  history(query: HistoryQuery): SamplesHistory {
    return this.#history.query(query, this.nowMs());
  }

  /** The latest value of each of these series, one for all its instances; null when nothing was measured yet. */
  fleetRow(series: readonly string[]): SampleRow | null {
    return fleetRow(this.#runner.tasks, series);
  }

  /** The same of the past, a row for each step in which something was measured, oldest first. */
  fleetRows(series: readonly string[], span: FleetSpan): SampleRow[] {
    // What is older is remembered by the minute, which would look like gaps.
    const fromMs = Math.max(span.fromMs, this.nowMs() - FINE_SPAN_MS);
    return fleetRows((query) => this.history(query), series, { ...span, fromMs });
  }

  stream(request: StreamRequest): Response {
    return this.#live.open(request);
  }

  report(): CollectorsReport {
    return { collectors: this.#runner.tasks.map((task) => task.status()), history: this.#history.usage() };
  }

  metricsText(format: TextFormat): Promise<string> {
    return metricsText(this.#runner, format, this.#naming);
  }

  /** The same as a scrape gets, for whoever writes them otherwise. */
  async writeMetrics(sink: MetricSink): Promise<void> {
    await freshenForScrape(this.#runner);
    writeMetrics(this.#runner, sink, this.#naming);
  }

  #begin(): void {
    const { clock, log, ports } = this.#options;
    const tree = createTreeReader(this.#config.roots);
    const tasks = collectorTasks(this.#config, { tree, clock, log, ports, lag: this.#lag });
    this.#history.keepOnly(tasks.map(({ name }) => name), this.#config.history.max_size.bytes);
    this.#runner.start(tasks);
  }
}

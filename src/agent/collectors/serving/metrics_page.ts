import { buildInfo, type MetricSink, single, type TextFormat, TextSink } from "../../../core/mod.ts";
import type { Naming } from "../contract.ts";
import type { Runner } from "../runner/runner.ts";

/** A scrape reads anew what is older than this, so that two scrapers at once cost little more than one. */
const SCRAPE_AGE_MS = 1_000;

/** Reads what a scrape may wait for. */
export async function freshenForScrape(runner: Runner): Promise<void> {
  await runner.freshen(runner.tasks.filter(({ spec }) => spec.spec.readAtScrape && spec.create), SCRAPE_AGE_MS);
}

/** All that the collectors know, and how they do. */
export function writeMetrics(runner: Runner, sink: MetricSink, naming: Naming): void {
  for (const task of runner.tasks) task.metrics(sink, naming);
  writeScrape(runner, sink, naming);
  const { version, commit, target } = buildInfo();
  if (sink.family("farhand_build_info", "gauge", "What this agent was built from.")) {
    sink.value(1, { version, commit, target });
  }
}

export async function metricsText(runner: Runner, format: TextFormat, naming: Naming): Promise<string> {
  await freshenForScrape(runner);
  const sink = new TextSink(format);
  writeMetrics(runner, sink, naming);
  return sink.text();
}

/** node_exporter and windows_exporter tell this under names of their own, which alerts look at. */
function writeScrape(runner: Runner, sink: MetricSink, naming: Naming): void {
  const prefix = naming === "windows" ? "windows_exporter" : "node_scrape";
  const tasks = runner.tasks.filter(({ spec }) => spec.create !== undefined && !spec.name.includes("/"));
  sink.family(`${prefix}_collector_duration_seconds`, "gauge", "Time that the last reading of a collector took.");
  for (const { spec, latest } of tasks) {
    sink.value(latest === null ? undefined : latest.durationMs / 1000, { collector: spec.name });
  }
  sink.family(`${prefix}_collector_success`, "gauge", "Whether the last reading of a collector succeeded.");
  for (const { spec, succeeded } of tasks) sink.value(succeeded ? 1 : 0, { collector: spec.name });
  const problems = tasks.reduce((sum, { latest }) => sum + (latest?.reading.problems.length ?? 0), 0);
  single(sink, "farhand_collector_problems", "gauge", "Things that collectors could not measure.", problems);
}

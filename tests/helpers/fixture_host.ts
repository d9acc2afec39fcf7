/** The hosts of tests/fixtures/hosts, and their texts as no kernel would write them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CollectorDeps, CollectorSpec } from "../../src/agent/collectors/contract.ts";
import { LagMeter } from "../../src/agent/collectors/runner/lag_meter.ts";
import { createTreeReader, type Roots } from "../../src/agent/collectors/reading/tree_reader.ts";
import { type Clock, Duration, TextSink } from "../../src/core/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { recordingLog } from "./recording_log.ts";

export const FIXTURE_HOSTS = [
  "vm",
  "loaded",
  "namespace",
  "centos7",
  "server128",
  "limited",
  "arm64_board",
  "storage",
] as const;
export type FixtureHost = typeof FIXTURE_HOSTS[number];

/** Roots for a tree reader. */
export function hostRoots(host: FixtureHost): Roots {
  return rootsIn(fileURLToPath(new URL(`../fixtures/hosts/${host}/`, import.meta.url)));
}

export function rootsIn(folder: string): Roots {
  return { proc: join(folder, "proc"), sys: join(folder, "sys"), root: join(folder, "root") };
}

/** What a collector is made with, to read below these roots. */
export function depsFor(roots: Roots, clock: Clock = new FakeClock()): CollectorDeps {
  const ports = { supervised: () => [], queues: () => ({}) };
  return { tree: createTreeReader(roots), clock, log: recordingLog().log, ports, lag: new LagMeter() };
}

/** The options of a collector that has none of its own. */
export const PLAIN_OPTIONS = { enabled: true, interval: new Duration(60_000) };

/** The lines with values that a sample gives on the page of metrics. */
export function metricLines<Sample>(spec: Pick<CollectorSpec<never, Sample>, "metrics">, sample: Sample): string[] {
  const sink = new TextSink("prometheus");
  spec.metrics(sample, sink, "node");
  return sink.text().split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** The points between two samples, by the series' name and the instance: `cpu.core_percent 0`. */
export function pointsOf<Sample>(
  spec: Pick<CollectorSpec<never, Sample>, "points">,
  current: Sample,
  before: Sample | null,
  elapsedSeconds: number,
): Record<string, number> {
  const points: Record<string, number> = {};
  spec.points(current, before, elapsedSeconds, (series, value, instance) => {
    if (value !== undefined) points[instance === undefined ? series : `${series} ${instance}`] = value;
  });
  return points;
}

/** A file of a host: `proc/stat`. */
export function hostText(host: FixtureHost, path: string): string {
  return Deno.readTextFileSync(new URL(`../fixtures/hosts/${host}/${path}`, import.meta.url));
}

/** One thing that can be wrong with a text; `at` is where, as a part of its length. */
export interface Damage {
  readonly kind: typeof DAMAGES[number];
  readonly at: number;
  readonly text: string;
}

export const DAMAGES = ["drop line", "cut", "change digit", "insert", "remove", "double line"] as const;

/** The text with each damage done to it, one after the other. */
export function damaged(text: string, damages: readonly Damage[]): string {
  return damages.reduce(damage, text);
}

function damage(text: string, { kind, at, text: extra }: Damage): string {
  const offset = Math.floor(at * text.length);
  const lines = text.split("\n");
  const line = Math.floor(at * lines.length);
  switch (kind) {
    case "drop line":
      return lines.toSpliced(line, 1).join("\n");
    case "double line":
      return lines.toSpliced(line, 0, lines[line] ?? "").join("\n");
    case "cut":
      return text.slice(0, offset);
    case "change digit":
      return text.slice(0, offset) + text.slice(offset).replace(/\d/, extra.at(0) ?? "9");
    case "insert":
      return text.slice(0, offset) + extra + text.slice(offset);
    case "remove":
      return text.slice(0, offset) + text.slice(offset + extra.length + 1);
  }
}

/** The paths of all numbers in a value that a sample must not have: NaN, infinite, negative. */
export function badNumbers(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? [] : [`${path} is ${value}`];
  if (typeof value !== "object" || value === null) return [];
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return entries.flatMap(([key, inner]) => badNumbers(inner, `${path}.${key}`));
}

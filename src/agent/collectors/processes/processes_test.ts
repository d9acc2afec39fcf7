import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { metricLines, pointsOf } from "../../../../tests/helpers/fixture_host.ts";
import type { ProcessesSample, SupervisedUse } from "../../../protocol/mod.ts";
import { processesCollector } from "./processes.ts";
import { stateLetter, stateWord } from "./states.ts";

const SHOP: SupervisedUse = {
  id: "shop",
  pid: 7,
  processes: 3,
  cpuSeconds: 40,
  rssBytes: 1000,
  startedMs: 1_700_000_000_500,
};

function sampleOf(more: Partial<ProcessesSample> = {}): ProcessesSample {
  return {
    total: 12,
    states: { running: 2, sleeping: 9, zombie: 1 },
    threads: 40,
    topByCpu: [],
    topByMemory: [],
    supervised: [],
    ...more,
  };
}

Deno.test("states go by node_exporter's letters, and words of other systems are left out", () => {
  const lines = metricLines(
    processesCollector,
    sampleOf({ states: { running: 2, idle: 1, unknown: 4 }, pidLimit: 99 }),
  );
  assert.deepEqual(lines, [
    "node_processes_max_processes 99",
    "node_processes_pids 12",
    'node_processes_state{state="I"} 1',
    'node_processes_state{state="R"} 2',
    "node_processes_threads 40",
  ]);
});

Deno.test("each letter has its word and back", () => {
  for (const letter of "RSDTtZXKWPI") assert.equal(stateLetter(stateWord(letter)), letter);
  assert.equal(stateWord("q"), "q");
  assert.equal(stateLetter("q"), "q");
});

Deno.test("of a supervised process what is absent has no metric", () => {
  const lines = metricLines(processesCollector, sampleOf({ supervised: [SHOP, { id: "b", pid: 8, processes: 1 }] }));
  assert.deepEqual(lines.filter((line) => line.startsWith("farhand_")), [
    'farhand_process_cpu_seconds_total{process="shop"} 40',
    'farhand_process_processes{process="shop"} 3',
    'farhand_process_processes{process="b"} 1',
    'farhand_process_rss_bytes{process="shop"} 1000',
    'farhand_process_start_time_seconds{process="shop"} 1700000000.5',
  ]);
});

Deno.test("on Windows there are windows_exporter's names", () => {
  const sink = new TextSink("prometheus");
  processesCollector.metrics(sampleOf(), sink, "windows");
  assert.match(sink.text(), /^windows_system_processes 12$/m);
  assert.doesNotMatch(sink.text(), /node_/);
});

Deno.test("use of a core is known from the second reading on, and not across a restart", () => {
  const before = sampleOf({ supervised: [{ ...SHOP, cpuSeconds: 10 }] });
  const now = sampleOf({ supervised: [SHOP] });
  assert.equal(pointsOf(processesCollector, now, before, 60)["processes.cpu_percent shop"], 50);
  assert.equal(pointsOf(processesCollector, now, null, 0)["processes.cpu_percent shop"], undefined);
  const other = sampleOf({ supervised: [{ ...SHOP, pid: 9 }] });
  assert.equal(pointsOf(processesCollector, other, before, 60)["processes.cpu_percent shop"], undefined);
});

Deno.test("nobody in a state is a zero, but not where states are unknown", () => {
  const points = pointsOf(processesCollector, sampleOf({ states: { sleeping: 1 } }), null, 0);
  assert.deepEqual([points["processes.running"], points["processes.zombie"]], [0, 0]);
  assert.equal(pointsOf(processesCollector, sampleOf({ states: {} }), null, 0)["processes.running"], undefined);
});

Deno.test("every point is of a series that is described", () => {
  const known = new Set(processesCollector.series.map(({ name }) => name));
  const sample = sampleOf({ supervised: [SHOP] });
  for (const name of Object.keys(pointsOf(processesCollector, sample, sample, 1))) {
    assert.ok(known.has(name.split(" ")[0] ?? ""));
  }
});

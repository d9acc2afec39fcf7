import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import type { ExecSample } from "../../../protocol/mod.ts";
import { execCollector } from "./exec.ts";
import { execMetrics } from "./metrics.ts";

const GOOD: ExecSample = {
  name: "shop",
  ok: true,
  exitCode: 0,
  durationMs: 1_500,
  families: [{ name: "queue_length", type: "gauge", help: "Jobs.", values: [{ labels: {}, value: 3 }] }],
};
const KILLED: ExecSample = { name: "backup", ok: false, reason: "timed out", durationMs: 10_000, families: [] };

Deno.test("how each command did, and what it printed, stand in one text", () => {
  const sink = new TextSink("prometheus");
  execMetrics(GOOD, sink);
  execMetrics(KILLED, sink);
  const lines = sink.text().split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.deepEqual(lines, [
    'farhand_exec_success{name="shop"} 1',
    'farhand_exec_success{name="backup"} 0',
    'farhand_exec_duration_seconds{name="shop"} 1.5',
    'farhand_exec_duration_seconds{name="backup"} 10',
    'farhand_exec_exit_code{name="shop"} 0',
    "queue_length 3",
  ]);
});

Deno.test("each command has its own line in the charts", () => {
  const points: unknown[] = [];
  for (const sample of [GOOD, KILLED]) execCollector.points(sample, null, 0, (...point) => points.push(point));
  assert.deepEqual(points, [
    ["exec.success", 1, "shop"],
    ["exec.duration_seconds", 1.5, "shop"],
    ["exec.success", 0, "backup"],
    ["exec.duration_seconds", 10, "backup"],
  ]);
  const names = execCollector.series.map(({ name }) => name);
  assert.ok(points.every((point) => names.includes((point as string[])[0] ?? "")));
});

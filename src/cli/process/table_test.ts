import assert from "node:assert/strict";
import fc from "fast-check";
import { NOW_MS, viewOf } from "../../../tests/helpers/fake_supervisor.ts";
import type { ProcessView } from "../../protocol/mod.ts";
import { lineWidth, paintLine } from "../top/lines.ts";
import { processTable } from "./table.ts";

const VIEWS: readonly ProcessView[] = [
  viewOf({
    id: "web-0",
    group: "web",
    pid: 71,
    usage: { timeMs: NOW_MS, processes: 2, cpuPercent: 12.34, rssBytes: 39_100_000, threads: 9, openFiles: 33 },
    probes: [{ probe: "readiness", type: "http", result: "good" }],
    labels: { tier: "web" },
    sinceMs: NOW_MS - 187_000_000,
  }),
  viewOf({
    id: "worker",
    name: "The worker",
    state: "failed",
    kind: "oneshot",
    restarts: 10,
    reason: "exit 1, 10 restarts within 10m",
    lastExit: { timeMs: NOW_MS - 4_000, signal: "SIGSEGV", coreDumped: true },
    sinceMs: NOW_MS + 1_000,
  }),
];

const table = (width: number, wide = false, views = VIEWS) =>
  processTable(views, { nowMs: NOW_MS, width, wide }).map((line) => `${paintLine(line, width, false)}\n`).join("");

Deno.test("each process has a line, and what is not known is a dash", () => {
  assert.equal(
    table(Infinity),
    `ID      STATE    SINCE  PID  RESTARTS     CPU   MEMORY  PROBE  LAST EXIT       REASON
web-0   running  2d3h    71         0  12.3 %  39.1 MB  good   -
worker  failed   0s       -        10       -        -  -      SIGSEGV (core)  exit 1, 10 restarts within 10m
`,
  );
});

Deno.test("--wide tells of use, names and labels too", () => {
  const [heading = "", web = "", worker = ""] = table(Infinity, true).split("\n");
  assert.match(
    heading,
    / MEMORY {2}PROCESSES {2}THREADS {2}FILES {2}READ\/s {2}WRITE\/s {2}NAME +TYPE +LABELS +PROBE /,
  );
  assert.match(web, / 39\.1 MB +2 +9 +33 +- +- {2}web-0 +custom +tier=web +good /);
  assert.match(worker, / The worker {2}custom, oneshot {2}- +- +SIGSEGV/);
});

Deno.test("on a narrow terminal the reason is cut, then what can be spared is left out", () => {
  assert.equal(
    table(92),
    `ID      STATE    SINCE  PID  RESTARTS     CPU   MEMORY  PROBE  LAST EXIT       REASON
web-0   running  2d3h    71         0  12.3 %  39.1 MB  good   -
worker  failed   0s       -        10       -        -  -      SIGSEGV (core)  exit 1, 10 r…
`,
  );
  assert.match(table(80), /^ID +STATE +SINCE +PID +RESTARTS +CPU +MEMORY +REASON\n/);
  assert.match(table(60), /^ID +STATE +SINCE +PID +CPU +MEMORY +REASON\n/);
});

Deno.test("what a program says does nothing to the terminal", () => {
  const views = [viewOf({ id: "a\x1b[2J", name: "\u202e", reason: "x\r\n\x07y", labels: { "\x9b": "1" } })];
  assert.match(table(Infinity, true, views), /^[\x20-\x7e\n]*$/);
});

Deno.test("no line is wider than the terminal, whatever the texts are", () => {
  const text = fc.string({ unit: "binary", maxLength: 80 });
  const view = fc.record({ id: text, name: text, reason: text, pid: fc.nat(), restarts: fc.nat() }).map(viewOf);
  fc.assert(fc.property(fc.array(view, { maxLength: 4 }), fc.integer({ min: 40, max: 200 }), (views, width) => {
    for (const line of processTable(views, { nowMs: NOW_MS, width, wide: false })) {
      assert.ok(lineWidth([{ text: paintLine(line, width, false) }]) <= width);
    }
  }));
});

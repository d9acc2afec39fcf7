import assert from "node:assert/strict";
import type { CollectorsReport, CollectorStatus } from "../protocol/mod.ts";
import { printCollectors } from "./collectors.ts";
import { Output } from "./output.ts";

const NOW_MS = Date.UTC(2026, 2, 1);
const counts = { runs: 3, failures: 0 };
const history = { bytes: 1_234_567, maxBytes: 4_194_304, series: 321, refused: 0 };

function printed(report: CollectorsReport): string {
  let stdout = "";
  const terminal = { stdout: (text: string) => void (stdout += text), stderr() {}, isTerminal: false };
  printCollectors(new Output(terminal, { json: false, colour: false }), report, NOW_MS);
  return stdout;
}

const COLLECTORS: readonly CollectorStatus[] = [
  { name: "cpu", state: "ok", intervalMs: 10_000, lastMs: NOW_MS - 4_200, durationMs: 0.31, ...counts },
  {
    name: "disk",
    state: "partial",
    intervalMs: 60_000,
    lastMs: NOW_MS - 90_000,
    durationMs: 12.4,
    reason: "/a: stuck",
    ...counts,
  },
  { name: "exec/backup", state: "failed", intervalMs: 90_000, lastMs: NOW_MS + 60_000, durationMs: 1500, ...counts },
  { name: "pressure", state: "unsupported", reason: "this kernel has no /proc/pressure", ...counts },
  { name: "host", state: "waiting", intervalMs: 60_000, ...counts },
];

Deno.test("each collector has a line with its state, pace, age and reason; what is not known is a dash", () => {
  assert.equal(
    printed({ collectors: [...COLLECTORS], history }),
    `COLLECTOR    STATE        INTERVAL  LAST READING  TOOK    REASON
cpu          ok           10s       4s ago        0.3 ms
disk         partial      1m        1m30s ago     12 ms   /a: stuck
exec/backup  failed       1m30s     0s ago        1.5 s
pressure     unsupported  -         -             -       this kernel has no /proc/pressure
host         waiting      1m        -             -

history: 321 series in 1.2 MB of at most 4.2 MB
`,
  );
});

Deno.test("series that are not remembered are told of", () => {
  assert.match(
    printed({ collectors: [], history: { ...history, refused: 12 } }),
    /\nwarning: 12 series are not remembered.*: raise collectors\.history\.max_size\n$/,
  );
});

Deno.test("a reason that the host has written does nothing to the terminal", () => {
  const reason = "/mnt/\x1b[2Jx\u202e: \r\nstuck";
  const text = printed({ collectors: [{ name: "disk", state: "partial", reason, ...counts }], history });
  assert.match(text, / \/mnt\/\?\[2Jx\?: \?\?stuck\n/);
});

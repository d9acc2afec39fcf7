import assert from "node:assert/strict";
import { detailsOf, NOW_MS } from "../../../tests/helpers/fake_supervisor.ts";
import { Duration } from "../../core/mod.ts";
import type { ProcessDetails, ProcessUsageReport } from "../../protocol/mod.ts";
import { localTime, Output } from "../output.ts";
import { printDetails, printUsage } from "./show.ts";

function printed(print: (out: Output) => void): string {
  let stdout = "";
  const terminal = { stdout: (text: string) => void (stdout += text), stderr() {}, isTerminal: false };
  print(new Output(terminal, { json: false, colour: false }));
  return stdout;
}
const shown = (details: ProcessDetails) => printed((out) => printDetails(out, details, NOW_MS));
const at = (agoMs: number, age: string) => `${localTime(NOW_MS - agoMs)} (${age} ago)`;

const FULL = detailsOf({
  id: "web-1",
  group: "web",
  name: "The shop",
  state: "backoff",
  sinceMs: NOW_MS - 2_000,
  reason: "exit 1; restart 3 of 10",
  pid: 71,
  startedMs: NOW_MS - 90_000,
  nextStartMs: NOW_MS + 4_000,
  restarts: 3,
  lastExit: { timeMs: NOW_MS - 2_000, code: 1 },
  statusText: "serving 12 users",
  usage: { timeMs: NOW_MS, processes: 2, cpuPercent: 1.5, rssBytes: 39_100_000 },
  argv: ["/usr/bin/web", "--name", "a b"],
  user: "www-data",
  envNames: ["PATH", "TOKEN"],
  labels: { tier: "web" },
  origin: "api",
  enabled: false,
  probes: [
    { probe: "readiness", type: "http", result: "good", lastMs: NOW_MS - 1_000 },
    { probe: "liveness", type: "tcp", result: "bad", reason: "connection refused" },
  ],
  limits: ["memory 512MB by control group"],
  dependsOn: [{ id: "db", condition: "healthy" }],
  logs: [{ name: "stdout", path: "/l/web.out", sizeBytes: 1_234 }, { name: "/v/*.log", path: "/v/a.log" }],
  problems: ["cpu is not limited: no control groups"],
});

Deno.test("everything that is known of a process is told, section by section", () => {
  assert.equal(
    shown(FULL),
    `web-1 is backoff since ${at(2_000, "2s")}
  reason      exit 1; restart 3 of 10
  says        serving 12 users
  pid         71
  started     ${at(90_000, "1m30s")}
  next start  in 4s
  wanted      running
  restarts    3
  last exit   exit 1, ${at(2_000, "2s")}
  use         cpu 1.5 %  memory 39.1 MB  processes 2

HOW IT IS RUN
  command      /usr/bin/web --name 'a b'
  work dir     /var/lib/web
  user         www-data
  environment  PATH TOKEN
  name         The shop
  replica of   web
  kind         service
  type         custom
  labels       tier=web
  defined      while running, by agent process add or the API
  enabled      no: it is not run

PROBE      TYPE  RESULT  LAST    REASON
readiness  http  good    1s ago
liveness   tcp   bad     -       connection refused

LIMITS
  memory 512MB by control group

DEPENDS ON
  db  healthy

LOGS
  stdout    /l/web.out (1.2 kB)
  /v/*.log  /v/a.log

warning: cpu is not limited: no control groups
`,
  );
});

Deno.test("what there is nothing of has no section", () => {
  const text = shown(detailsOf({ id: "web", wanted: false, argv: [] }));
  assert.match(text, / {2}wanted +stopped\n {2}restarts +0\n {2}last exit +none\n\nHOW IT IS RUN\n {2}command +none: /);
  assert.doesNotMatch(text, /LIMITS|DEPENDS|LOGS|PROBE|warning|environment|pid/);
});

Deno.test("what a program says of itself does nothing to the terminal", () => {
  const hostile = "\x1b[2J\r\n\u202e";
  const details = {
    ...FULL,
    id: hostile,
    name: hostile,
    reason: hostile,
    statusText: hostile,
    argv: [hostile],
    envNames: [hostile],
    labels: { [hostile]: hostile },
    problems: [hostile],
    limits: [hostile],
    dependsOn: [{ id: hostile, condition: hostile }],
    logs: [{ name: hostile, path: hostile }],
    probes: [{ probe: "readiness" as const, type: hostile, result: "bad" as const, reason: hostile }],
  };
  assert.match(shown(details), /^[\x20-\x7e\n]*$/);
});

Deno.test("use is shown as bars with its least, mean and most, and what was not measured is left out", () => {
  const report: ProcessUsageReport = {
    id: "web",
    intervalMs: 10_000,
    usage: [1, 2, 3].map((cpuPercent) => ({ timeMs: 1, processes: 2, cpuPercent, rssBytes: 1_000_000 })),
    limits: { memoryThresholdBytes: 2_000_000 },
  };
  assert.equal(
    printed((out) => printUsage(out, report, new Duration(900_000))),
    `
USE OF THE LAST 15m, EVERY 10s
  cpu        ▃▆█  min 1.0 %  mean 2.0 %  max 3.0 %
  memory     ███  min 1.0 MB  mean 1.0 MB  max 1.0 MB  threshold 2.0 MB
  processes  ███  min 2  mean 2  max 2
`,
  );
  const none = printed((out) => printUsage(out, { ...report, usage: [] }, new Duration(900_000)));
  assert.match(none, /\n {2}nothing was measured\n$/);
});

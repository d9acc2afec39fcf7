import assert from "node:assert/strict";
import { eventText, NOW_MS, withFakeSupervisor } from "../../tests/helpers/fake_supervisor.ts";
import { runCli } from "../../tests/helpers/run_cli.ts";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import type { ProcessEvent } from "../protocol/mod.ts";
import { eventLine } from "./events.ts";
import { main } from "./mod.ts";
import { localTime } from "./output.ts";
import { paintLine } from "./top/lines.ts";

const eventOf = (event: Partial<ProcessEvent>): ProcessEvent => ({
  seq: 1,
  timeMs: NOW_MS,
  process: "web",
  kind: "state",
  level: "info",
  state: "running",
  reason: "",
  ...event,
});
const text = (event: Partial<ProcessEvent>, colour = false) => paintLine(eventLine(eventOf(event)), Infinity, colour);

Deno.test("an event is told with its time, process, what it is, why, and how it ended", () => {
  const time = localTime(NOW_MS);
  const exit = { timeMs: NOW_MS, signal: "SIGSEGV", coreDumped: true };
  assert.equal(
    text({ state: "backoff", reason: "next start in 2s", exit, pid: 71, previous: "running", previousMs: 187_000 }),
    `${time}  web               backoff    next start in 2s  (SIGSEGV (core), pid 71, running for 3m7s)`,
  );
  assert.equal(text({ kind: "threshold", reason: "memory" }), `${time}  web               threshold  memory`);
  assert.equal(text({ previous: "starting" }), `${time}  web               running      (was starting)`);
});

Deno.test("what matters is coloured, and what a program says does nothing to the terminal", () => {
  assert.match(text({ level: "error", state: "failed", reason: "x" }, true), /\[31mfailed +.\[0m {2}.\[31mx/);
  assert.match(text({ level: "warn", kind: "probe" }, true), /\[33mprobe/);
  assert.match(text({ reason: "\x1b[2J\n", process: "\u202e" }), / \? .*\?\[2J\?$/);
});

function withEvents(
  events: readonly ProcessEvent[],
  use: (flags: string[], asked: readonly string[]) => Promise<void>,
): Promise<void> {
  const answers = {
    "GET /v1/events": () => ({ events, next: events.at(-1)?.seq ?? 0 }),
    "GET /v1/events/stream": () => {
      const sent = eventText("process", ...[2, 3, 4].map((seq) => eventOf({ seq })));
      const start = (to: ReadableStreamDefaultController<Uint8Array>) => to.enqueue(new TextEncoder().encode(sent));
      return new Response(new ReadableStream({ start }), { headers: { "content-type": "text/event-stream" } });
    },
  };
  return inPlainTempDir((dir) =>
    withFakeSupervisor(dir, answers, async (_, { asked }) => await use(["--work-dir", dir], asked))
  );
}

Deno.test("events lists the latest, as text or as JSON lines", () =>
  withEvents([eventOf({ seq: 1 }), eventOf({ seq: 2, reason: "ready" })], async (flags, asked) => {
    const { code, stdout } = await runCli(["events", ...flags]);
    assert.equal(code, 0);
    assert.match(stdout, /^\S+ \S+ {2}web +running\n.* ready\n$/);
    const json = await runCli(["events", "--process", "web", "--since", "1h", "--json", ...flags]);
    assert.deepEqual(json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).seq), [1, 2]);
    assert.deepEqual(asked, ["/v1/events?limit=50", "/v1/events?process=web&limit=10000&since=1h"]);
  }));

Deno.test("where nothing has happened, text says so and JSON is empty", () =>
  withEvents([], async (flags) => {
    assert.equal((await runCli(["events", ...flags])).stdout, "No events\n");
    assert.equal((await runCli(["events", "--json", ...flags])).stdout, "");
    assert.equal((await runCli(["events", "-n", "x", ...flags])).code, 2);
  }));

Deno.test("-f goes on after the events that were listed", () =>
  withEvents([eventOf({ seq: 1 }), eventOf({ seq: 2 })], async (flags, asked) => {
    const lines: string[] = [];
    const terminal = {
      stdout: (line: string) => void lines.push(line),
      stderr: (line: string) => assert.fail(line),
      isTerminal: false,
      isClosed: () => lines.length >= 4,
    };
    const args = ["events", "-f", "-n", "2", "--json", "--process", "web", ...flags];
    assert.equal(await main({ args, env: {}, terminal }), 0);
    assert.deepEqual(lines.map((line) => JSON.parse(line).seq), [1, 2, 3, 4]);
    assert.deepEqual(asked, ["/v1/events?process=web&limit=2", "/v1/events/stream?process=web&after=2"]);
  }));

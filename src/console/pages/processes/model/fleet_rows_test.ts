import assert from "node:assert/strict";
import type { FleetEvent, FleetProcess } from "../../../../protocol/mod.ts";
import { mergedRows, rowsOf, withEvent } from "./fleet_rows.ts";

function process(id: string, changes: Partial<FleetProcess> = {}): FleetProcess {
  return {
    id,
    name: id,
    hostId: "h1",
    host: "web-1",
    hostState: "online",
    state: "running",
    sinceMs: 1_000,
    reason: "",
    labels: { env: "prod" },
    restarts: 0,
    reportedMs: 0,
    ...changes,
  };
}

function event(changes: Partial<FleetEvent> = {}): FleetEvent {
  const base = { seq: 1, timeMs: 2_000, kind: "process", level: "warn", message: "exit code 1" } as const;
  return { ...base, hostId: "h1", process: "a", state: "backoff", ...changes };
}

Deno.test("a row that has not changed stays the same object, and so does a list", () => {
  const before = rowsOf([process("a"), process("b")]);
  const after = mergedRows(before, rowsOf([process("a"), process("b", { restarts: 1 })]), 0);
  assert.equal(after[0], before[0]);
  assert.notEqual(after[1], before[1]);
  assert.equal(after[1]?.restarts, 1);
  assert.equal(mergedRows(before, rowsOf([process("a", { reportedMs: 9 }), process("b")]), 0), before);
  assert.notEqual(mergedRows(before, rowsOf([process("a")]), 0), before);
  assert.notEqual(mergedRows(before, rowsOf([process("a", { labels: { env: "dev" } }), process("b")]), 0), before);
});

Deno.test("processes of one id on two hosts are two, and one that is told twice is one", () => {
  const rows = rowsOf([process("a"), process("a", { hostId: "h2" }), process("a", { state: "failed" })]);
  assert.deepEqual(rows.map(({ key, state }) => [key, state]), [["h1/a", "failed"], ["h2/a", "running"]]);
});

Deno.test("an event changes the state of its process at once", () => {
  const rows = rowsOf([process("a"), process("b")]);
  const after = withEvent(rows, event(), 0);
  assert.deepEqual([after?.[0]?.state, after?.[0]?.sinceMs, after?.[0]?.reason], ["backoff", 2_000, "exit code 1"]);
  assert.equal(after?.[1], rows[1]);
});

Deno.test("a list that is older than an event does not undo it; a newer one, or one after some time, does", () => {
  const told = withEvent(rowsOf([process("a")]), event(), 0) ?? [];
  const stateOf = (listed: FleetProcess, nowMs: number) => mergedRows(told, rowsOf([listed]), nowMs)[0]?.state;
  assert.equal(stateOf(process("a", { restarts: 3 }), 5_000), "backoff");
  assert.equal(mergedRows(told, rowsOf([process("a", { restarts: 3 })]), 5_000)[0]?.restarts, 3);
  assert.equal(stateOf(process("a", { state: "failed", sinceMs: 3_000 }), 5_000), "failed");
  assert.equal(stateOf(process("a"), 60_000), "running");
});

Deno.test("an event of the past, of another host, of no process or without a new state changes nothing", () => {
  const rows = rowsOf([process("a")]);
  const others = [{ timeMs: 500 }, { hostId: "h2" }, { kind: "host" as const }, { state: "running" }, { process: "z" }];
  for (const other of others) assert.equal(withEvent(rows, event(other), 0), null);
});

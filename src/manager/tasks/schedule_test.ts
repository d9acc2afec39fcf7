import assert from "node:assert/strict";
import fc from "fast-check";
import type { TaskRecord } from "./ports.ts";
import { type OpenTask, Schedule } from "./schedule.ts";

let nextOrder = 0;

function task(hostId: string, batchId: string, state: TaskRecord["state"] = "queued"): OpenTask {
  const order = nextOrder++;
  const record: TaskRecord = {
    id: `t${order}`,
    batchId,
    hostId,
    title: "",
    operation: { method: "GET", path: "/v1/status" },
    state,
    reason: "",
    createdBy: "x",
    createdMs: order,
    sentMs: null,
    endedMs: null,
    expiresMs: 0,
    timeoutMs: 0,
    result: null,
  };
  return {
    record,
    dueMs: Infinity,
    order,
    isDelivering: false,
    holdsSlot: false,
    attempts: 0,
    askAtMs: Infinity,
    loseAtMs: Infinity,
    notBeforeMs: 0,
    offlineSinceMs: null,
  };
}

function batch(schedule: Schedule, id: string, concurrency: number) {
  return schedule.addBatch({ id, title: "", createdBy: "x", createdMs: 0, concurrency, idempotencyKey: null }, 0);
}

Deno.test("a host has one task at a time, in the order in which they were made, also after one was given back", () => {
  const schedule = new Schedule();
  batch(schedule, "b", 10);
  const [first, second] = [task("h", "b"), task("h", "b")];
  schedule.add(first);
  schedule.add(second);
  assert.equal(schedule.take("h", 0), first);
  assert.equal(schedule.take("h", 0), null);
  schedule.giveBack(first);
  assert.equal(schedule.take("h", 0), first);
  schedule.end(first);
  assert.equal(schedule.take("h", 0), second);
});

Deno.test("a host whose batch is full takes a task of another, and is tried again when a slot is free", () => {
  const schedule = new Schedule();
  const full = batch(schedule, "full", 1);
  batch(schedule, "other", 1);
  const [elsewhere, waiting, other] = [task("a", "full"), task("h", "full"), task("h", "other")];
  for (const one of [elsewhere, waiting, other]) schedule.add(one);
  assert.equal(schedule.take("a", 0), elsewhere);
  assert.equal(schedule.take("h", 0), other);
  assert.equal(schedule.nextBlocked(full), undefined, "there is no slot");
  schedule.end(other);
  schedule.end(elsewhere);
  assert.equal(schedule.nextBlocked(full), "h");
  assert.equal(schedule.take("h", 0), waiting);
  schedule.end(waiting);
  assert.equal(schedule.batch("full"), undefined, "nothing of it is left");
});

Deno.test("a task is not begun before its time, nor one of a batch that is stopped", () => {
  const schedule = new Schedule();
  const stopped = batch(schedule, "stopped", 1);
  batch(schedule, "b", 1);
  stopped.isStopped = true;
  const later = task("h", "b");
  later.notBeforeMs = 100;
  schedule.add(task("h", "stopped"));
  schedule.add(later);
  assert.equal(schedule.take("h", 99), null);
  assert.equal(schedule.take("h", 100), later);
});

Deno.test("whatever happens, hosts have one task and batches no more hosts than they may, and nothing is forgotten", () => {
  const step = fc.record({
    host: fc.nat(3),
    batch: fc.nat(2),
    act: fc.constantFrom("add", "take", "back", "slot", "end"),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const schedule = new Schedule();
    const open = new Set<OpenTask>();
    for (const { host, batch: number, act } of steps) {
      const [hostId, batchId] = [`h${host}`, `b${number}`];
      const held = schedule.heldBy(hostId)[0];
      if (act === "add") {
        if (schedule.batch(batchId) === undefined) batch(schedule, batchId, 2);
        const added = task(hostId, batchId);
        schedule.add(added);
        open.add(added);
      } else if (act === "take") schedule.take(hostId, 0);
      else if (held !== undefined && act === "back") schedule.giveBack(held);
      else if (held !== undefined && act === "slot") schedule.releaseSlot(held);
      else if (held !== undefined && act === "end") {
        schedule.end(held);
        open.delete(held);
      }
      for (const each of ["h0", "h1", "h2", "h3"]) assert.ok(schedule.heldBy(each).length <= 1);
      for (const each of ["b0", "b1", "b2"]) {
        const run = schedule.batch(each);
        const slots = [...open].filter((one) => one.record.batchId === each && one.holdsSlot).length;
        assert.equal(run?.active ?? 0, slots);
        assert.ok(slots <= 2);
      }
    }
    const known = ["h0", "h1", "h2", "h3"].flatMap((hostId) => schedule.ofHost(hostId));
    assert.deepEqual(new Set(known), open);
  }));
});

import assert from "node:assert/strict";
import type { TaskRecord } from "../../../src/manager/store/contract.ts";
import { TASK_STATES } from "../../../src/protocol/mod.ts";
import { batchRecord, NOW_MS, taskRecord } from "../../helpers/store_records.ts";
import { HOSTILE_TEXTS, idsOf, rejectsWith, type StoreTests } from "./suite.ts";

const RESULT = {
  outcome: "done",
  status: 200,
  message: "ok",
  output: "{}",
  truncated: false,
  startedMs: 1,
  endedMs: 2,
} as const;

export const TASK_TESTS: StoreTests = {
  "a batch and its tasks are found, with all that was said of them": async ({ tasks }) => {
    const batch = batchRecord("b", { maxFailures: 3, idempotencyKey: "key" });
    const body = { list: [1, null, "x"], deep: { a: true } };
    const restart = taskRecord("t1", { operation: { method: "POST", path: "/v1/a?b=c", body } });
    const ended = taskRecord("t2", { state: "done", result: RESULT, sentMs: 1, endedMs: 2, reason: "fine" });
    await tasks.add(batch, [restart, ended]);
    await tasks.add(batchRecord("empty"), []);
    assert.deepEqual(await tasks.batch("b"), batch);
    assert.deepEqual(await tasks.batch("empty"), batchRecord("empty"));
    assert.equal(await tasks.batch("none"), null);
    assert.deepEqual(await tasks.get("t1"), restart);
    assert.deepEqual(await tasks.get("t2"), ended);
    assert.equal(await tasks.get("none"), null);
  },

  "an idempotency key makes one batch for each of its makers": async ({ tasks }) => {
    const first = batchRecord("b1", { idempotencyKey: "key" });
    await tasks.add(first, [taskRecord("t1")]);
    const again = batchRecord("b2", { idempotencyKey: "key" });
    await rejectsWith(tasks.add(again, [taskRecord("t2")]), "conflict", { field: "idempotencyKey" });
    assert.equal(await tasks.get("t2"), null);
    assert.equal(await tasks.batch("b2"), null);
    await tasks.add({ ...again, createdBy: "anna" }, []);
    for (const id of ["b3", "b4"]) await tasks.add(batchRecord(id), []);
    assert.deepEqual(await tasks.batchByKey("root", "key"), first);
    assert.deepEqual(await tasks.batchByKey("anna", "key"), { ...again, createdBy: "anna" });
    assert.equal(await tasks.batchByKey("anna", "other"), null);
  },

  "of a batch there are all tasks or none": async ({ tasks }) => {
    await tasks.add(batchRecord("b1"), [taskRecord("t1")]);
    const fresh = [taskRecord("t2"), taskRecord("t1")];
    await rejectsWith(tasks.add(batchRecord("b2"), fresh), "conflict", { field: "id" });
    await rejectsWith(tasks.add(batchRecord("b2"), [taskRecord("t3"), taskRecord("t3")]), "conflict", { field: "id" });
    await rejectsWith(tasks.add(batchRecord("b1"), [taskRecord("t4")]), "conflict", { field: "id" });
    assert.equal(await tasks.batch("b2"), null);
    assert.deepEqual(idsOf(await tasks.open()), ["t1"]);
    await tasks.add(batchRecord("b2"), [taskRecord("t2")]);
  },

  "a task changes only from the states that are named, so that an end is never overwritten": async ({ tasks }) => {
    const task = taskRecord("t");
    await tasks.add(batchRecord("b"), [task]);
    assert.equal(await tasks.change("t", ["sent", "running"], { state: "done" }), null);
    assert.equal(await tasks.change("none", TASK_STATES, { state: "done" }), null);
    assert.equal(await tasks.change("t", [], { state: "done" }), null);
    const sent = { ...task, state: "sent", sentMs: 7 } as const;
    assert.deepEqual(await tasks.change("t", ["queued"], { state: "sent", sentMs: 7 }), sent);
    const done = { ...sent, state: "done", reason: "fine", endedMs: 9, result: RESULT } as const;
    const { state, reason, endedMs, result } = done;
    assert.deepEqual(await tasks.change("t", ["sent", "running"], { state, reason, endedMs, result }), done);
    assert.equal(await tasks.change("t", ["queued", "sent", "running"], { state: "cancelled" }), null);
    assert.deepEqual(await tasks.change("t", ["done"], {}), done);
    assert.deepEqual(await tasks.get("t"), done);
  },

  "of many who change a task at once, one does": async ({ tasks }) => {
    await tasks.add(batchRecord("b"), [taskRecord("t")]);
    const racers = Array.from(
      { length: 50 },
      (_, at) => tasks.change("t", ["queued"], { state: "sent", reason: `${at}` }),
    );
    const winners = (await Promise.all(racers)).filter((task) => task !== null);
    assert.equal(winners.length, 1);
    assert.deepEqual(await tasks.get("t"), winners[0]);
  },

  "tasks of a batch are counted by state": async ({ tasks }) => {
    const states = ["queued", "queued", "failed", "done"] as const;
    await tasks.add(batchRecord("b1"), states.map((state, at) => taskRecord(`t${at}`, { batchId: "b1", state })));
    await tasks.add(batchRecord("b2"), [taskRecord("other", { batchId: "b2" })]);
    assert.deepEqual({ ...await tasks.counts("b1") }, { queued: 2, failed: 1, done: 1 });
    assert.deepEqual({ ...await tasks.counts("none") }, {});
  },

  "tasks are listed newest first, in pages that neither repeat nor miss one": async ({ tasks }) => {
    const times = [5, 1, 5, 3, 5, 1];
    await tasks.add(batchRecord("b"), times.map((time, at) => taskRecord(`t${at}`, { createdMs: NOW_MS + time })));
    const expected = ["t4", "t2", "t0", "t3", "t5", "t1"];
    assert.deepEqual(idsOf(await tasks.list({ limit: 10 })), expected);
    for (const limit of [1, 2, 3, 6]) {
      const paged: TaskRecord[] = [];
      while (true) {
        const last = paged.at(-1);
        const page = await tasks.list({ limit, ...last && { before: { createdMs: last.createdMs, id: last.id } } });
        paged.push(...page);
        if (page.length < limit) break;
      }
      assert.deepEqual(idsOf(paged), expected, `by ${limit}`);
    }
    assert.deepEqual(await tasks.list({ limit: 0 }), []);
  },

  "tasks are listed by host, batch and state, or without some batches": async ({ tasks }) => {
    await tasks.add(batchRecord("b1"), [
      taskRecord("a", { batchId: "b1", hostId: "h1", state: "done" }),
      taskRecord("b", { batchId: "b1", hostId: "h2" }),
      taskRecord("c", { batchId: "b1", hostId: "h3", state: "failed" }),
    ]);
    await tasks.add(batchRecord("b2"), [taskRecord("d", { batchId: "b2", hostId: "h1" })]);
    const listed = async (query: object) => idsOf(await tasks.list({ limit: 10, ...query })).join("");
    assert.equal(await listed({ hostIds: ["h1"] }), "da");
    assert.equal(await listed({ hostIds: ["h1", "h3", "none"] }), "dca");
    assert.equal(await listed({ hostIds: [] }), "", "of no hosts there are no tasks");
    assert.equal(await listed({ batchId: "b1" }), "cba");
    assert.equal(await listed({ batchId: "b1", hostIds: ["h2"] }), "b");
    assert.equal(await listed({ exceptBatchIds: ["b1", "none"] }), "d");
    assert.equal(await listed({ exceptBatchIds: [] }), "dcba");
    assert.equal(await listed({ exceptBatchIds: ["b2"], states: ["failed"] }), "c");
    assert.equal(await listed({ states: ["queued", "failed"] }), "dcb");
    assert.equal(await listed({ states: [] }), "");
    assert.equal(await listed({ states: ["queued"], hostIds: ["h1", "h2"], batchId: "b2" }), "d");
  },

  "what has not ended is told oldest first": async ({ tasks }) => {
    const all = TASK_STATES.map((state, at) => taskRecord(state, { state, createdMs: NOW_MS - at }));
    await tasks.add(batchRecord("b1"), all);
    await tasks.add(batchRecord("b2"), [taskRecord("z"), taskRecord("y")]);
    assert.deepEqual(idsOf(await tasks.open()), ["running", "sent", "queued", "z", "y"]);
  },

  "ended tasks are forgotten, and batches that have none left": async ({ tasks }) => {
    const at = (ms: number) => NOW_MS + ms;
    await tasks.add(batchRecord("old"), [
      taskRecord("old1", { batchId: "old", state: "done", endedMs: at(1) }),
      taskRecord("old2", { batchId: "old", state: "failed" }),
    ]);
    await tasks.add(batchRecord("half", { idempotencyKey: "key" }), [
      taskRecord("half1", { batchId: "half", state: "expired", endedMs: at(4) }),
      taskRecord("half2", { batchId: "half", state: "cancelled", endedMs: at(5) }),
      taskRecord("half3", { batchId: "half", state: "running" }),
    ]);
    await tasks.add(batchRecord("new", { createdMs: at(9) }), []);
    assert.equal(await tasks.trim(at(5)), 3);
    assert.equal(await tasks.batch("old"), null);
    assert.deepEqual(idsOf(await tasks.list({ limit: 10 })), ["half3", "half2"]);
    assert.notEqual(await tasks.batchByKey("root", "key"), null);
    assert.notEqual(await tasks.batch("new"), null);
    assert.equal(await tasks.trim(at(5)), 0);
    assert.deepEqual((await tasks.get("half3"))?.operation, taskRecord("x").operation);
  },

  "more tasks are forgotten than go in one step": async ({ tasks }) => {
    const many = Array.from({ length: 1_300 }, (_, at) => taskRecord(`t${at}`, { state: "done", endedMs: at }));
    await tasks.add(batchRecord("b", { createdMs: 0 }), many);
    assert.equal(await tasks.trim(1_250), 1_250);
    assert.equal(await tasks.trim(2_000), 50);
    assert.equal(await tasks.batch("b"), null);
  },

  "tasks with hostile texts": async ({ tasks }) => {
    const hostile = HOSTILE_TEXTS.map((text, at) =>
      taskRecord(`t${at}`, {
        title: text,
        reason: text,
        createdBy: text,
        operation: { method: "POST", path: text, body: { [text]: text } },
        result: { ...RESULT, message: text, output: text },
      })
    );
    await tasks.add(batchRecord("b", { title: "\0", idempotencyKey: "\0key" }), hostile);
    for (const task of hostile) assert.deepEqual(await tasks.get(task.id), task);
    assert.equal((await tasks.batchByKey("root", "\0key"))?.title, "\0");
  },
};

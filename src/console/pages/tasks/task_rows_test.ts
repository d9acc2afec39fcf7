import assert from "node:assert/strict";
import fc from "fast-check";
import { type Task, TASK_STATES } from "../../../protocol/mod.ts";
import { countsOf, progressOf, withPage, withTask } from "./task_rows.ts";

const task = (id: string, more: Partial<Task> = {}): Task => ({
  ...{ id, batchId: "b", hostId: "h", host: "h", title: "t", state: "queued", reason: "", createdBy: "root" },
  ...{ operation: { method: "POST", path: "/v1/exec" }, createdMs: 10, expiresMs: 20, timeoutMs: 5 },
  ...more,
});
const result = (output: string) => ({ outcome: "done" as const, message: "", output, truncated: false, endedMs: 1 });
const ids = (tasks: readonly Task[]) => tasks.map(({ id }) => id).join("");
const ALL = { states: [] };

Deno.test("pages come together newest first, each task once", () => {
  const first = withPage([], [task("c", { createdMs: 3 }), task("b", { createdMs: 2 })]);
  const both = withPage(first, [task("b", { createdMs: 2, state: "done" }), task("a", { createdMs: 1 })]);
  assert.equal(ids(both), "cba");
  assert.equal(both[1]?.state, "done");
});

Deno.test("a new task that fits comes in, one that does not stays out", () => {
  const tasks = [task("b", { createdMs: 2 })];
  assert.equal(ids(withTask(tasks, task("c", { createdMs: 3 }), ALL, false)), "cb");
  assert.equal(ids(withTask(tasks, task("c", { createdMs: 3 }), { states: ["failed"] }, false)), "b");
  assert.equal(ids(withTask(tasks, task("c", { hostId: "x" }), { states: [], hostId: "h" }, false)), "b");
  assert.equal(ids(withTask(tasks, task("a", { createdMs: 1 }), ALL, true)), "b", "it comes with its page");
  assert.equal(ids(withTask(tasks, task("a", { createdMs: 1 }), ALL, false)), "ba");
});

Deno.test("a task that is shown stays, and is never older than it was", () => {
  const filter = { states: ["running" as const] };
  const running = withTask([task("a", { state: "running" })], task("a", { state: "done" }), filter, false);
  assert.equal(running[0]?.state, "done");
  assert.equal(withTask(running, task("a", { state: "sent" }), filter, false), running);
  const full = [task("a", { state: "done", result: result("all of it") })];
  assert.equal(withTask(full, task("a", { state: "done", result: result("") }), ALL, false), full);
});

Deno.test("progress counts every task once and its parts make the whole bar", () => {
  assert.deepEqual(progressOf({}), { total: 0, ended: 0, done: 0, bad: 0, parts: [] });
  const state = fc.constantFrom(...TASK_STATES);
  fc.assert(fc.property(fc.array(state, { minLength: 1 }), (states) => {
    const { total, ended, done, bad, parts } = progressOf(
      countsOf(states.map((each, at) => task(`${at}`, { state: each }))),
    );
    assert.equal(total, states.length);
    assert.equal(ended, done + bad + states.filter((each) => each === "cancelled").length);
    assert.ok(Math.abs(parts.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    assert.equal(parts.reduce((sum, { count }) => sum + count, 0), total);
  }));
});

import assert from "node:assert/strict";
import type { Batch, Task } from "../../../protocol/mod.ts";
import { type ListRow, rowsOf, summaryOf, withBatch, withLiveTask, withRows } from "./list_rows.ts";

const task = (id: string, batchId: string, more: Partial<Task> = {}): Task => ({
  ...{ id, batchId, hostId: "h", host: "h", title: "t", state: "running", reason: "", createdBy: "root" },
  ...{ operation: { method: "POST", path: "/v1/exec" }, createdMs: 10, expiresMs: 20, timeoutMs: 5 },
  ...more,
});
const batch = (id: string, counts: Batch["counts"] = { done: 1, failed: 1 } as Batch["counts"]): Batch => ({
  ...{ id, title: "t", createdBy: "root", createdMs: 1, concurrency: 5, counts },
});
const keys = (rows: readonly ListRow[]) => rows.map((row) => row.task.id).join("");
const LIVE = { filter: { states: [] }, isByBatch: true, hasMore: false };

Deno.test("a batch of several hosts is told with its progress, one of a single host as its task", () => {
  const single = batch("y", { done: 1 } as Batch["counts"]);
  const rows = rowsOf({ tasks: [task("a", "x"), task("b", "y"), task("c", "z")], batches: [batch("x"), single] });
  assert.deepEqual(rows.map((row) => summaryOf(row)?.progress.bad), [1, undefined, undefined]);
});

Deno.test("a page that begins with a batch of the one before adds only what is new", () => {
  const first = rowsOf({ tasks: [task("b", "x"), task("c", "y")] });
  const second = rowsOf({ tasks: [task("a", "y"), task("d", "z")] });
  assert.equal(keys(withRows(first, second, true)), "bcd");
  assert.equal(keys(withRows(first, second, false)), "bcad");
});

Deno.test("what happens changes the row that shows it, and new ones come on top", () => {
  const rows = rowsOf({ tasks: [task("b", "x"), task("a", "y", { createdMs: 5 })] });
  const done = withLiveTask(rows, task("b", "x", { state: "done" }), LIVE);
  assert.deepEqual([done[0]?.task.state, done[1] === rows[1]], ["done", true]);
  assert.equal(withLiveTask(rows, task("other", "x"), LIVE), rows, "another host of a batch that is shown");
  assert.equal(keys(withLiveTask(rows, task("n", "new", { createdMs: 20 }), LIVE)), "nba");
  const failedOnly = { ...LIVE, filter: { states: ["failed" as const] } };
  assert.equal(keys(withLiveTask(rows, task("n", "new"), failedOnly)), "ba");
  assert.equal(keys(withLiveTask(rows, task("n", "new", { createdMs: 1 }), { ...LIVE, hasMore: true })), "ba");
});

Deno.test("without batches each task is a row", () => {
  const rows = rowsOf({ tasks: [task("b", "x")] });
  assert.equal(keys(withLiveTask(rows, task("a", "x", { createdMs: 5 }), { ...LIVE, isByBatch: false })), "ba");
});

Deno.test("counts that are the same leave the row as it is", () => {
  const rows = rowsOf({ tasks: [task("a", "x")], batches: [batch("x")] });
  assert.equal(withBatch(rows, batch("x")), rows);
  assert.equal(withBatch(rows, batch("other")), rows);
  assert.equal(withBatch(rows, batch("x", { done: 2 } as Batch["counts"]))[0]?.batch?.counts.done, 2);
});

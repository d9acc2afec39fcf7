import assert from "node:assert/strict";
import fc from "fast-check";
import { ENDED_TASK_STATES, TASK_OUTCOMES, TASK_STATES, type TaskResult, type TaskState } from "../../protocol/mod.ts";
import { changeBy, type TaskEvent } from "./life.ts";

const result = (outcome: TaskResult["outcome"], message = "ok"): TaskResult => ({
  id: "t",
  outcome,
  message,
  output: "",
  truncated: false,
  endedMs: 5,
});

const EVENTS: Record<string, TaskEvent> = {
  sending: { kind: "sending" },
  notSent: { kind: "not_sent", reason: "away" },
  accepted: { kind: "taken", isRunning: false },
  running: { kind: "taken", isRunning: true },
  refused: { kind: "refused", reason: "no" },
  done: { kind: "result", result: result("done") },
  expired: { kind: "expired", reason: "late" },
  lost: { kind: "lost", reason: "silence" },
  cancelled: { kind: "cancelled", reason: "by root" },
};

/** What each event makes of a task in each state; what is not named leaves it as it is. */
const TABLE: Partial<Record<TaskState, Partial<Record<string, TaskState>>>> = {
  queued: { sending: "sent", refused: "failed", expired: "expired", cancelled: "cancelled" },
  sent: { notSent: "queued", accepted: "sent", running: "running", refused: "failed", done: "done", lost: "failed" },
  running: { done: "done", lost: "failed" },
};

Deno.test("every event does to a task of every state what the table says", () => {
  for (const state of TASK_STATES) {
    for (const [name, event] of Object.entries(EVENTS)) {
      const change = changeBy(state, event, 7);
      const expected = TABLE[state]?.[name];
      assert.equal(change === null ? undefined : change.state ?? state, expected, `${name} in ${state}`);
      const isEnd = expected !== undefined && ENDED_TASK_STATES.includes(expected);
      assert.equal(change?.endedMs, isEnd ? 7 : undefined);
    }
  }
});

Deno.test("a task that was sent knows when, and one that was not after all does not", () => {
  assert.deepEqual(changeBy("queued", { kind: "sending" }, 7), {
    state: "sent",
    sentMs: 7,
    reason: "on its way to the host",
  });
  assert.deepEqual(changeBy("sent", { kind: "not_sent", reason: "away" }, 7), {
    state: "queued",
    sentMs: null,
    reason: "away",
  });
});

Deno.test("an end keeps what the host has said, and every end has a reason", () => {
  for (const outcome of TASK_OUTCOMES) {
    const change = changeBy("running", { kind: "result", result: result(outcome, "") }, 7);
    assert.deepEqual(change, {
      state: outcome,
      reason: `the host says: ${outcome}`,
      endedMs: 7,
      result: { outcome, message: "", output: "", truncated: false, endedMs: 5 },
    });
  }
});

Deno.test("no course of events leaves an end, nor ends a task without a reason", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...Object.values(EVENTS))), (events) => {
    let state: TaskState = "queued";
    for (const event of events) {
      const change = changeBy(state, event, 7);
      if (change === null) continue;
      assert.ok(!ENDED_TASK_STATES.includes(state));
      assert.ok((change.reason ?? "") !== "");
      state = change.state ?? state;
    }
  }));
});

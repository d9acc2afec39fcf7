import assert from "node:assert/strict";
import { runAll, type TargetResult } from "./run_all.ts";

const TARGETS = ["a", "b", "c", "d"].map((id) => ({ id }));
const wordsOf = (error: unknown) => error instanceof Error ? error.message : "?";

Deno.test("one that fails keeps none of the others from it, and each has its own words", async () => {
  const results = new Map<string, TargetResult>();
  await runAll(TARGETS, {
    run: ({ id }) => id === "b" ? Promise.reject(new Error("no")) : Promise.resolve(id === "c" ? "well" : undefined),
    onResult: (id, result) => results.set(id, result),
    signal: new AbortController().signal,
    wordsOf,
  });
  assert.deepEqual([...results], [
    ["a", { state: "done", message: "" }],
    ["b", { state: "failed", message: "no" }],
    ["c", { state: "done", message: "well" }],
    ["d", { state: "done", message: "" }],
  ]);
});

Deno.test("no more than so many are under way, and after a stop none is begun", async () => {
  const stop = new AbortController();
  let [underWay, most] = [0, 0];
  const begun: string[] = [];
  await runAll(TARGETS, {
    run: async ({ id }) => {
      begun.push(id);
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 0));
      underWay--;
      if (id === "b") stop.abort();
    },
    onResult: () => {},
    concurrency: 2,
    signal: stop.signal,
    wordsOf,
  });
  assert.equal(most, 2);
  assert.ok(begun.length < TARGETS.length, String(begun));
});

import assert from "node:assert/strict";
import type { NewLine } from "../../../lines/mod.ts";
import { LineMerge } from "./line_merge.ts";

const line = (source: string, text: string, timeMs?: number): NewLine => ({
  source,
  file: "stdout",
  text,
  ...(timeMs !== undefined && { timeMs }),
});

Deno.test("what several sources have is put in order of time once all have told it", () => {
  const shown: string[] = [];
  const merge = new LineMerge({
    sources: ["a", "b"],
    onLines: (lines) => shown.push(...lines.map(({ text }) => text)),
    now: () => 0,
  });
  merge.put([line("a", "a1", 10), line("a", "a1 goes on"), line("a", "a3", 30)]);
  merge.isReady("a");
  merge.flush();
  assert.deepEqual(shown, []);
  merge.put([line("b", "b2", 20)]);
  merge.isReady("b");
  merge.flush();
  assert.deepEqual(shown, ["a1", "a1 goes on", "b2", "a3"]);
  merge.put([line("b", "b late", 5)]);
  merge.flush();
  assert.equal(shown.at(-1), "b late");
});

Deno.test("a source that says nothing holds the others back for a short time only", () => {
  const shown: string[] = [];
  let now = 0;
  const merge = new LineMerge({
    sources: ["a", "b"],
    onLines: (lines) => shown.push(...lines.map(({ text }) => text)),
    now: () => now,
  });
  merge.put([line("a", "a1", 10)]);
  merge.flush();
  assert.deepEqual(shown, []);
  now = 2_000;
  merge.flush();
  assert.deepEqual(shown, ["a1"]);
});

Deno.test("while nothing is passed on, only the newest lines wait, and it is told how many fell out", () => {
  const shown: string[] = [];
  const merge = new LineMerge({
    sources: [],
    maxWaiting: 10,
    onLines: (lines) => shown.push(...lines.map(({ text }) => text)),
    now: () => 0,
  });
  for (let count = 0; count < 100; count += 1) merge.put([line("a", `${count}`, count)]);
  const dropped = merge.takeDropped();
  assert.equal(merge.takeDropped(), 0);
  merge.flush();
  assert.equal(shown.at(-1), "99");
  assert.equal(dropped + shown.length, 100);
  assert.ok(shown.length <= 11);
});

import assert from "node:assert/strict";
import { inTime, nextLookMs } from "./look_interval.ts";

const growth = { grownBytes: 0, elapsedMs: 1_000, silentMs: 0, roomBytes: 1_000_000 };

Deno.test("a log is looked at each second, and a silent one half as often", () => {
  assert.equal(nextLookMs({ ...growth, grownBytes: 10 }), 1_000);
  assert.equal(nextLookMs({ ...growth, silentMs: 59_000 }), 1_000);
  assert.equal(nextLookMs({ ...growth, silentMs: 61_000 }), 2_000);
});

Deno.test("a log that fills fast is looked at before it is full, though not all the time", () => {
  assert.equal(nextLookMs({ ...growth, grownBytes: 1_000_000 }), 500);
  assert.equal(nextLookMs({ ...growth, grownBytes: 1e9 }), 100);
  assert.equal(nextLookMs({ ...growth, grownBytes: 1_000, roomBytes: -5 }), 100);
});

Deno.test("usual looks are at the same moment for all, others just when they are due", () => {
  assert.equal(inTime(5_300, 1_000), 6_000);
  assert.equal(inTime(5_999, 2_000), 7_000);
  assert.equal(inTime(5_300, 250), 5_550);
});

import assert from "node:assert/strict";
import { parseSample } from "./bench_idle.ts";
import { median, percentile } from "./bench_support.ts";

Deno.test("percentiles are measured values", () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2);
  assert.equal(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95), 10);
  assert.equal(percentile([7], 0), 7);
  assert.throws(() => median([]), /No values/);
});

Deno.test("a sample is read from /proc, whatever the command is called", () => {
  const rollup = "55d0-7ffc ---p 00000000 00:00 0 [rollup]\nRss:   30000 kB\nPss:   29000 kB\nAnonymous:   12000 kB\n";
  const stat = "4242 (a b) c) S 1 4242 4242 0 -1 4194560 900 0 3 0 150 50 0 0 20 0 9 0 100 1 1 1";
  assert.deepEqual(parseSample(rollup, stat), { anonymousBytes: 12_288_000, rssBytes: 30_720_000, cpuSeconds: 2 });
});

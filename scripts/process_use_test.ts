import assert from "node:assert/strict";
import { parseMemory } from "./process_use.ts";
import { median, percentile } from "./bench_support.ts";

Deno.test("percentiles are measured values", () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2);
  assert.equal(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95), 10);
  assert.equal(percentile([7], 0), 7);
  assert.throws(() => median([]), /No values/);
});

Deno.test("memory is read from smaps_rollup, and a field that is not there is an error, not zero", () => {
  const rollup = "55d0-7ffc ---p 00000000 00:00 0 [rollup]\nRss:   30000 kB\nPss:   29000 kB\nAnonymous:   12000 kB\n";
  assert.deepEqual(parseMemory(rollup), { anonymousBytes: 12_288_000, rssBytes: 30_720_000 });
  assert.throws(() => parseMemory("Rss: 30000 kB\n"), /no Anonymous/);
});

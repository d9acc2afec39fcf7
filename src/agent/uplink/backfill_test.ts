import assert from "node:assert/strict";
import fc from "fast-check";
import { gapOf, nextRows } from "./backfill.ts";

const NOW = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

Deno.test("a manager that has nothing is told an hour, one that has something what came after", () => {
  assert.deepEqual(gapOf({ sampleMs: null, eventSeq: 0 }, null, NOW), { fromMs: NOW - HOUR_MS, toMs: NOW });
  assert.deepEqual(gapOf({ sampleMs: NOW - 5_000, eventSeq: 0 }, null, NOW), { fromMs: NOW - 4_999, toMs: NOW });
  assert.deepEqual(gapOf({ sampleMs: NOW - 2 * HOUR_MS, eventSeq: 0 }, null, NOW)?.fromMs, NOW - HOUR_MS);
});

Deno.test("a manager whose samples are of the future lacks none", () => {
  assert.equal(gapOf({ sampleMs: NOW + 5_000, eventSeq: 0 }, null, NOW), null);
});

Deno.test("a gap that an earlier connection could not fill is not hidden by what it has told live", () => {
  const unfilled = { fromMs: NOW - 60_000, toMs: NOW - 30_000 };
  assert.equal(gapOf({ sampleMs: NOW - 1_000, eventSeq: 0 }, unfilled, NOW)?.fromMs, NOW - 60_000);
});

Deno.test("property: in rounds of any size every row of the gap is sent once, oldest first", () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }));
  fc.assert(fc.property(times, fc.integer({ min: 1, max: 50 }), fc.nat(1_000), fc.nat(1_000), (times, limit, a, b) => {
    const rows = times.toSorted((a, b) => a - b).map((timeMs) => ({ timeMs, values: [] }));
    let gap: { fromMs: number; toMs: number } | null = { fromMs: Math.min(a, b), toMs: Math.max(a, b) };
    const expected = rows.filter(({ timeMs }) => timeMs >= Math.min(a, b) && timeMs < Math.max(a, b));
    const sent: number[] = [];
    while (gap !== null) {
      const { rows: some, rest } = nextRows(rows, gap, { limit, stepMs: 1 });
      assert.ok(some.length <= limit);
      sent.push(...some.map(({ timeMs }) => timeMs));
      gap = rest;
    }
    assert.deepEqual(sent, expected.map(({ timeMs }) => timeMs));
  }));
});

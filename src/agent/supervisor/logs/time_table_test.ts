import assert from "node:assert/strict";
import * as fc from "fast-check";
import { decodeEntries, encodeEntries, thinEntries, type TimeEntry, TimeTable } from "./time_table.ts";

/** Growing offsets; a time of 0 where nobody watched. */
const entriesArb = fc.array(
  fc.record({ grown: fc.integer({ min: 1, max: 2 ** 30 }), timeMs: fc.oneof(fc.constant(0), fc.nat(2 ** 42)) }),
)
  .map((items) => {
    let offset = 0;
    return items.map(({ grown, timeMs }): TimeEntry => ({ offset: offset += grown, timeMs }));
  });

Deno.test("entries are read as they were written", () => {
  fc.assert(fc.property(entriesArb, (entries) => {
    assert.deepEqual(decodeEntries(encodeEntries(entries)), entries);
  }));
});

Deno.test("a damaged index is refused as a whole, never misread", () => {
  fc.assert(fc.property(entriesArb, fc.nat(), fc.integer({ min: 1, max: 255 }), (entries, at, change) => {
    fc.pre(entries.length > 0);
    const bytes = encodeEntries(entries);
    bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ change;
    assert.equal(decodeEntries(bytes), null);
  }));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeEntries(bytes)));
});

Deno.test("a line has the time of the look that first saw its end", () => {
  const table = new TimeTable(
    [{ offset: 10, timeMs: 1_000 }, { offset: 20, timeMs: 0 }, { offset: 30, timeMs: 3_000 }],
    -Infinity,
  );
  assert.deepEqual([1, 10, 11, 20, 21, 30, 31].map((end) => table.timeOf(end)), [
    1_000,
    1_000,
    undefined,
    undefined,
    3_000,
    3_000,
    undefined,
  ]);
});

Deno.test("nothing is known of the time before a given offset", () => {
  const table = new TimeTable([{ offset: 10, timeMs: 1_000 }, { offset: 30, timeMs: 3_000 }], 25);
  assert.deepEqual([9, 25, 26].map((end) => table.timeOf(end)), [undefined, undefined, 3_000]);
});

Deno.test("what was written since a time begins after the last thing that is known to be older", () => {
  const entries = [{ offset: 10, timeMs: 1_000 }, { offset: 20, timeMs: 0 }, { offset: 30, timeMs: 3_000 }];
  const table = new TimeTable(entries, -Infinity);
  assert.equal(table.startOf(500), -Infinity);
  assert.equal(table.startOf(2_000), 10);
  assert.equal(table.startOf(3_001), 30);
});

Deno.test("thinning keeps the newer half as it is, and never gives a time to what nobody saw", () => {
  fc.assert(fc.property(entriesArb, fc.integer({ min: 1, max: 20 }), (entries, max) => {
    const thin = thinEntries(entries, 0, max);
    const [before, after] = [new TimeTable(entries, -Infinity), new TimeTable(thin, -Infinity)];
    for (const { offset, timeMs } of entries) {
      if (timeMs === 0) assert.equal(after.timeOf(offset), undefined);
      else assert.notEqual(after.timeOf(offset), undefined);
    }
    if (entries.length > max) {
      const newer = entries.slice(Math.floor(entries.length / 2));
      for (const { offset } of newer) assert.equal(after.timeOf(offset), before.timeOf(offset));
    }
  }));
});

Deno.test("thinning forgets what lies before the oldest byte", () => {
  const entries = [{ offset: 10, timeMs: 1 }, { offset: 20, timeMs: 2 }];
  assert.deepEqual(thinEntries(entries, 10, 100), [{ offset: 20, timeMs: 2 }]);
});

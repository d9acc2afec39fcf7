import assert from "node:assert/strict";
import fc from "fast-check";
import type { ProcessUsage } from "../../../protocol/mod.ts";
import { hasRow, OpenRows, type Packed, ROWS, valueAt } from "./packed_rows.ts";
import { UsageHistory } from "./usage_history.ts";

const HOUR = 3_600_000;
const WALL = Date.UTC(2026, 0, 1);

const usageOf = (timeMs: number, rssBytes: number): ProcessUsage => ({
  timeMs,
  processes: 1,
  cpuPercent: 12.34,
  rssBytes,
  threads: 3,
});

Deno.test("what was put in comes out, oldest first; what is absent stays absent", () => {
  const history = new UsageHistory();
  const put: ProcessUsage[] = [];
  for (let i = 0; i < 200; i++) {
    history.begin(WALL + i * 10_000, i * 10_000);
    if (i % 7 === 0) continue; // it did not run then
    put.push(usageOf(WALL + i * 10_000, i * 4_096));
    history.add("web", put.at(-1) ?? usageOf(0, 0));
  }
  assert.deepEqual(history.read("web", HOUR, 1_990_000), put);
  assert.deepEqual(history.read("web", 30_000, 1_990_000), put.slice(-3));
  assert.deepEqual(history.read("other", HOUR, 1_990_000), []);
  history.forget("web");
  assert.deepEqual(history.read("web", HOUR, 1_990_000), []);
});

Deno.test("an hour is kept and no more, however long it goes on", () => {
  const history = new UsageHistory();
  let most = 0;
  for (let i = 0; i < 20_000; i++) {
    history.begin(WALL, i * 10_000);
    if (i < 10_000) history.add("ended", usageOf(WALL, 1));
    history.add("web", usageOf(WALL, i * 4_096));
    if (i > 1_000) most = Math.max(most, history.bytes);
  }
  const nowMs = 19_999 * 10_000;
  assert.equal(history.read("web", 10 * HOUR, nowMs).length, 361);
  assert.deepEqual(history.read("ended", HOUR, nowMs), []);
  assert.ok(most < 20_000, `${most} bytes`);
});

Deno.test("a clock that is set changes neither order nor span", () => {
  const history = new UsageHistory();
  const walls = [WALL, WALL + 10_000, WALL - HOUR, WALL - HOUR + 10_000, WALL + HOUR];
  for (const [index, wallMs] of walls.entries()) {
    history.begin(wallMs, index * 10_000);
    history.add("web", usageOf(wallMs, 1));
  }
  assert.deepEqual(history.read("web", HOUR, 40_000).map(({ timeMs }) => timeMs), walls);
  assert.deepEqual(history.read("web", 20_000, 40_000).map(({ timeMs }) => timeMs), walls.slice(2));
});

Deno.test("rows that do not change take next to nothing, and packing loses nothing", () => {
  const value = fc.oneof(fc.constant(NaN), fc.constant(0), fc.integer({ min: 0, max: 1_000_000 }));
  const row = fc.option(fc.tuple(value, value, value));
  fc.assert(fc.property(fc.array(row, { minLength: ROWS, maxLength: ROWS }), (rows) => {
    const open = new OpenRows(3);
    const check = (packed: Packed) => {
      for (const [index, values] of rows.entries()) {
        assert.equal(hasRow(packed, index), values !== null);
        for (const [column, expected] of (values ?? []).entries()) {
          assert.ok(Object.is(valueAt(packed, index, column), expected));
        }
      }
    };
    for (const [row, values] of rows.entries()) {
      for (const [column, one] of (values ?? []).entries()) open.set(row, column, one);
    }
    check(open);
    check(open.takePacked());
    assert.ok(rows.every((_, row) => !hasRow(open, row)));
  }));
  const still = new OpenRows(3);
  for (let row = 0; row < ROWS; row++) for (const [column, one] of [1, 2, NaN].entries()) still.set(row, column, one);
  assert.equal(still.takePacked().values.length, 3);
});

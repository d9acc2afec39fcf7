import assert from "node:assert/strict";
import fc from "fast-check";
import { TopRows } from "./top_rows.ts";

Deno.test("the largest are kept in order, and of equal ones the first", () => {
  fc.assert(fc.property(fc.array(fc.nat(20)), fc.nat(5), (values, limit) => {
    const top = new TopRows(limit);
    values.forEach((value, row) => top.offer(row, value));
    const rows = values.map((_, row) => row).filter((row) => (values[row] ?? 0) > 0);
    rows.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
    assert.deepEqual(top.rows, rows.slice(0, limit));
    assert.deepEqual(top.values, rows.slice(0, limit).map((row) => values[row]));
  }));
});

Deno.test("what is not known is never among them", () => {
  const top = new TopRows(3);
  [NaN, -1, 0].forEach((value, row) => top.offer(row, value));
  assert.deepEqual(top.rows, []);
});

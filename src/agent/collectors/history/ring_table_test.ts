import assert from "node:assert/strict";
import { RingTable } from "./ring_table.ts";

function column(table: RingTable, index: number, part = 0): [number, number][] {
  return [...table.order()].map((row) => [table.timeMs(row), table.value(row, index, part)]);
}

Deno.test("the last rows are kept, the oldest first", () => {
  const table = new RingTable(3, 1);
  table.widen(2);
  for (let row = 1; row <= 5; row++) {
    table.beginRow(row * 10);
    table.set(0, row);
  }
  assert.deepEqual(column(table, 0), [[30, 3], [40, 4], [50, 5]]);
  assert.deepEqual(column(table, 1), [[30, NaN], [40, NaN], [50, NaN]]);
});

Deno.test("a table that gets wider keeps what it has, and the new columns are empty", () => {
  const table = new RingTable(3, 2);
  table.widen(1);
  for (let row = 1; row <= 4; row++) {
    table.beginRow(row);
    table.set(0, row, 1);
  }
  table.widen(3);
  assert.deepEqual(column(table, 0, 1), [[2, 2], [3, 3], [4, 4]]);
  assert.deepEqual(column(table, 2, 0), [[2, NaN], [3, NaN], [4, NaN]]);
  table.set(2, 7);
  table.beginRow(5);
  assert.deepEqual(column(table, 2, 0), [[3, NaN], [4, 7], [5, NaN]]);
});

Deno.test("a column that is cleared has nothing, and its neighbours keep theirs", () => {
  const table = new RingTable(2, 1);
  table.widen(2);
  table.beginRow(1);
  table.set(0, 5);
  table.set(1, 6);
  table.clear(0);
  assert.deepEqual(column(table, 0), [[1, NaN]]);
  assert.deepEqual(column(table, 1), [[1, 6]]);
});

Deno.test("capacity grows in steps, so that most new columns need no copying", () => {
  assert.deepEqual([1, 8, 9, 17, 100].map((wanted) => RingTable.capacityFor(wanted)), [4, 8, 12, 18, 135]);
});

Deno.test("a table of many rows, widened on the way, keeps each value in its place", () => {
  const table = new RingTable(200, 3);
  table.widen(2);
  for (let row = 0; row < 350; row++) {
    if (row === 150) table.widen(5);
    table.beginRow(row);
    table.set(1, row, 2);
    if (row >= 150) table.set(4, -row);
  }
  assert.deepEqual(column(table, 1, 2), Array.from({ length: 200 }, (_, index) => [150 + index, 150 + index]));
  assert.deepEqual(column(table, 4), Array.from({ length: 200 }, (_, index) => [150 + index, -150 - index]));
  assert.ok(column(table, 0).every(([, value]) => Number.isNaN(value)));
});

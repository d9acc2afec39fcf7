import assert from "node:assert/strict";
import { type Column, itemsOf, keyTarget, nearestRow, nextSort, templateOf } from "./table_items.ts";

interface Row {
  readonly name: string;
  readonly env: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { id: "name", title: "Name", width: 100, grow: 1, sort: ({ name }) => name, cell: ({ name }) => name },
  { id: "cpu", title: "CPU", width: 50, isDescending: true, sort: () => 1, cell: () => "" },
];
const ROWS: readonly Row[] = [{ name: "b", env: "prod" }, { name: "a", env: "dev" }, { name: "c", env: "dev" }];
const shown = (items: ReturnType<typeof itemsOf<Row>>) =>
  items.map((item) => item.kind === "row" ? item.row.name : `${item.group.title} ${item.group.count}`);

Deno.test("rows stand in order, under their headings where there are any", () => {
  assert.deepEqual(shown(itemsOf(ROWS, COLUMNS, undefined, false, null)), ["b", "a", "c"]);
  assert.deepEqual(shown(itemsOf(ROWS, COLUMNS, "name", true, null)), ["c", "b", "a"]);
  assert.deepEqual(shown(itemsOf(ROWS, COLUMNS, "name", false, ({ env }) => env)), ["dev 2", "a", "c", "prod 1", "b"]);
});

Deno.test("a click on a heading goes from one direction to the other to none", () => {
  const [name, cpu] = COLUMNS;
  assert.ok(name !== undefined && cpu !== undefined);
  assert.deepEqual([nextSort(name, null), nextSort(name, { id: "name", isReversed: false })], ["name", "-name"]);
  assert.equal(nextSort(name, { id: "name", isReversed: true }), "");
  assert.deepEqual([nextSort(cpu, null), nextSort(cpu, { id: "cpu", isReversed: true })], ["-cpu", "cpu"]);
});

Deno.test("keys lead to rows, never to a heading or beyond the ends", () => {
  assert.deepEqual([keyTarget("ArrowDown", -1, 5, 3), keyTarget("ArrowDown", 4, 5, 3)], [0, 4]);
  assert.deepEqual([keyTarget("ArrowUp", -1, 5, 3), keyTarget("PageDown", 1, 5, 3)], [4, 4]);
  assert.deepEqual([keyTarget("Home", 3, 5, 3), keyTarget("End", 0, 5, 3), keyTarget("x", 0, 5, 3)], [0, 4, null]);
  assert.equal(keyTarget("ArrowDown", 0, 0, 3), null);
  const items = itemsOf(ROWS, COLUMNS, "name", false, ({ env }) => env);
  assert.deepEqual([nearestRow(items, 0, -1), nearestRow(items, 3, 1), nearestRow(items, 3, -1)], [1, 4, 2]);
});

Deno.test("columns have their widths and share what is left", () => {
  assert.equal(templateOf(COLUMNS, true), "36px minmax(116px, 1fr) 66px");
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { fittingColumns, scrollToShow, sorted, sortingOf, windowOf } from "./table_window.ts";

Deno.test("whatever is in view is rendered, and little else", () => {
  const numbers = fc.record({
    rows: fc.integer({ min: 0, max: 100_000 }),
    rowHeight: fc.integer({ min: 16, max: 60 }),
    scrollTop: fc.integer({ min: -100, max: 5_000_000 }),
    viewHeight: fc.integer({ min: 0, max: 2_000 }),
  });
  fc.assert(fc.property(numbers, (options) => {
    const { rows, rowHeight, scrollTop, viewHeight } = options;
    const { from, to } = windowOf(options);
    assert.ok(from >= 0 && to <= rows && from <= to);
    const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
    const last = Math.ceil((Math.max(0, scrollTop) + viewHeight) / rowHeight);
    if (first < rows) assert.ok(from <= first && to >= Math.min(rows, last), JSON.stringify({ from, to, first, last }));
    assert.ok(to - from <= viewHeight / rowHeight + 40);
  }));
});

Deno.test("scrolling goes just so far that the row can be seen", () => {
  const at = (row: number, scrollTop: number) => scrollToShow({ row, rowHeight: 10, scrollTop, viewHeight: 100 });
  assert.deepEqual([at(5, 0), at(0, 50), at(9, 0), at(10, 0), at(50, 0)], [null, 0, null, 10, 410]);
});

Deno.test("columns give way by their priority, the first never", () => {
  const columns = [{ width: 100, priority: 1 }, { width: 50, priority: 3 }, { width: 60, priority: 2 }];
  assert.deepEqual(fittingColumns(columns, 300, 0), [0, 1, 2]);
  assert.deepEqual(fittingColumns(columns, 200, 0), [0, 2]);
  assert.deepEqual(fittingColumns(columns, 200, 50), [0]);
  assert.deepEqual(fittingColumns(columns, 0, 0), [0]);
});

Deno.test("names with numbers are in the order of the numbers, what has no key is last either way", () => {
  const names = ["web-10", "Web-2", "db", "web-1"];
  assert.deepEqual(sorted(names, (name) => name, false), ["db", "web-1", "Web-2", "web-10"]);
  assert.deepEqual(sorted(names, (name) => name, true), ["web-10", "Web-2", "web-1", "db"]);
  const values = [3, NaN, 1, 2];
  assert.deepEqual(sorted(values, (value) => value, false), [1, 2, 3, NaN]);
  assert.deepEqual(sorted(values, (value) => value, true), [3, 2, 1, NaN]);
});

Deno.test("equal ones keep their order, and no name makes sorting throw", () => {
  const items = [["a", 1], ["b", 1], ["c", 1]] as const;
  assert.deepEqual(sorted(items, ([, key]) => key, true), items);
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code)) })),
      (names) => {
        assert.equal(sorted(names, (name) => name, false).length, names.length);
      },
    ),
  );
});

Deno.test("the order as it stands in an address", () => {
  assert.deepEqual(sortingOf("cpu"), { id: "cpu", isReversed: false });
  assert.deepEqual(sortingOf("-cpu"), { id: "cpu", isReversed: true });
  assert.deepEqual([sortingOf(""), sortingOf("-")], [null, null]);
});

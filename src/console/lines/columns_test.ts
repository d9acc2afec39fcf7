import assert from "node:assert/strict";
import fc from "fast-check";
import { breaksOf } from "./columns.ts";

Deno.test("what fits is not broken, what does not is broken at the last column", () => {
  assert.deepEqual(breaksOf("abcd", 4), []);
  assert.deepEqual(breaksOf("abcdefghi", 4), [4, 8]);
  assert.deepEqual(breaksOf("", 4), []);
});

Deno.test("wide characters take two columns, marks none, and none is cut in halves", () => {
  assert.deepEqual(breaksOf("日本語", 4), [2]);
  assert.deepEqual(breaksOf("a日本", 4), [2]);
  assert.deepEqual(breaksOf("🙂🙂🙂", 4), [4]);
  assert.deepEqual(breaksOf("e\u0301e\u0301e\u0301", 3), []);
  assert.deepEqual(breaksOf("日", 1), []);
});

Deno.test("the breaks are in order, within the text, and leave no row longer than it may be", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "日", "🙂", "e\u0301", " "), maxLength: 200 });
  fc.assert(fc.property(text, fc.integer({ min: 2, max: 30 }), (line, columns) => {
    const ends = [...breaksOf(line, columns), line.length];
    let start = 0;
    for (const [index, end] of ends.entries()) {
      assert.ok(end > start || line === "", `row ${index} holds something`);
      const row = line.slice(start, end);
      assert.ok(row.isWellFormed());
      const width = [...row.replaceAll("\u0301", "")].reduce((sum, each) => sum + (each < "\u0300" ? 1 : 2), 0);
      assert.ok(width <= columns);
      start = end;
    }
  }));
});

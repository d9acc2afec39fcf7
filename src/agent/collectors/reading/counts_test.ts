import assert from "node:assert/strict";
import fc from "fast-check";
import { count, countsAt, decimal, forEachLine } from "./counts.ts";

Deno.test("a count is a whole number and nothing beside it", () => {
  assert.equal(count("0"), 0);
  assert.equal(count("730"), 730);
  for (const text of ["", " 1", "1 ", "-1", "+1", "1.5", "0x10", "1e3", "NaN", "٣", "123456789012345678901"]) {
    assert.equal(count(text), undefined, text);
  }
});

Deno.test("the largest count of 64 bits is as exact as a number can be", () => {
  assert.equal(count("9223372036854775807"), 9223372036854775807);
  assert.equal(count("18446744073709551615"), 18446744073709551615);
});

Deno.test("every count that is written is read again", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (value) => assert.equal(count(String(value)), value)));
});

Deno.test("a decimal is not negative and has digits on both sides of its point", () => {
  assert.equal(decimal("0.25"), 0.25);
  assert.equal(decimal("12"), 12);
  for (const text of ["", ".5", "5.", "-0.1", "1e9", "Infinity", "NaN", "1,5"]) assert.equal(decimal(text), undefined);
});

Deno.test("the numbers of a line keep their places when one of them is none", () => {
  const text = "cpu  1 x\t3 ";
  assert.deepEqual(countsAt(text, 3, text.length), [1, undefined, 3]);
  assert.deepEqual(countsAt(text, 3, text.length, 1), [1]);
});

Deno.test("lines are found with and without a line end after the last", () => {
  for (const text of ["a\n\nb\n", "a\n\nb"]) {
    const lines: string[] = [];
    forEachLine(text, (start, end) => lines.push(text.slice(start, end)));
    assert.deepEqual(lines, ["a", "", "b"]);
  }
});

Deno.test("whatever a text holds, its counts are numbers that are not negative", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    for (const value of [...countsAt(text, 0, text.length), decimal(text)]) {
      assert.ok(value === undefined || (Number.isFinite(value) && value >= 0));
    }
  }));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { oneLine } from "./one_line.ts";

Deno.test("text of any origin becomes one short line that a terminal only shows", () => {
  assert.equal(oneLine(" a\r\n\x1b[31mb\u202e ", 20), "a [31mb");
  assert.equal(oneLine("abcdef", 6), "abcdef");
  assert.equal(oneLine("abcdefg", 6), "abcde…");
  assert.equal(oneLine("\n".repeat(100), 6), "…");
});

Deno.test("property: it is never longer than asked for, and has no control characters", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (text, max) => {
    const line = oneLine(text, max);
    assert.ok(line.length <= max);
    assert.doesNotMatch(line, /[\p{Cc}\u2028-\u202e]/u);
  }));
});

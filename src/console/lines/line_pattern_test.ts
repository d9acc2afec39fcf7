import assert from "node:assert/strict";
import fc from "fast-check";
import { linePattern, type PatternOptions } from "./line_pattern.ts";

const PLAIN: PatternOptions = { isRegex: false, isCaseSensitive: false };
const REGEX: PatternOptions = { isRegex: true, isCaseSensitive: true };

function made(pattern: string, options: PatternOptions) {
  const test = linePattern(pattern, options);
  if (typeof test === "string") throw new Error(test);
  return test;
}

Deno.test("plain text means itself, whatever is in it", () => {
  const test = made("a.b(c)*", PLAIN);
  assert.ok(test.matches("x A.B(C)* y"));
  assert.ok(!test.matches("aXbcc"));
  assert.deepEqual(test.finds("a.b(c)* and A.b(c)*"), [[0, 7], [12, 19]]);
  assert.ok(!made("ABC", { ...PLAIN, isCaseSensitive: true }).matches("abc"));
});

Deno.test("a regular expression finds what it says", () => {
  assert.deepEqual(made("\\d+", REGEX).finds("a1b22"), [[1, 2], [3, 5]]);
  assert.deepEqual(made("x*", REGEX).finds("axx"), [[1, 3]]);
});

Deno.test("the same test answers alike each time", () => {
  const test = made("a", REGEX);
  assert.deepEqual([test.matches("a"), test.matches("a"), test.matches("a")], [true, true, true]);
});

for (const pattern of ["(", "[a", "a{2,1}", "\\", "*a"]) {
  Deno.test(`${pattern} is no regular expression`, () => assert.equal(linePattern(pattern, REGEX), "pattern"));
}

for (const pattern of ["(a+)+$", "(a|a)*b", "((a)*)*", "(?:x+y?){3,}", "(a|b|ab)+c", "(.*)*x", "((a|b)c)+"]) {
  Deno.test(`${pattern} is refused, for it may take for ever`, () => {
    assert.equal(linePattern(pattern, REGEX), "repetition");
  });
}

for (const pattern of ["(foo|bar) baz", "(ab)+c", "a+b*c", "[(+*]+x", "\\(a+\\)+", "(\\d+\\.){3}", "foo.*bar"]) {
  Deno.test(`${pattern} is taken`, () => assert.equal(typeof linePattern(pattern, REGEX), "object"));
}

Deno.test("plain finds are where the text is", () => {
  fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 4 }), fc.string({ maxLength: 60 }), (pattern, text) => {
    const test = made(pattern, { isRegex: false, isCaseSensitive: true });
    assert.equal(test.matches(text), text.includes(pattern));
    for (const [start, end] of test.finds(text)) assert.equal(text.slice(start, end), pattern);
  }));
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { visible, visibleLines } from "./safe_text.ts";

Deno.test("escapes are taken out, control characters are shown, lines become one", () => {
  assert.equal(visible("\x1b[31mred\x1b[0m and \x1b]0;title\x07plain"), "red and plain");
  assert.equal(visible("a\x00b\x08c\x7fd"), "a␀b␈c␡d");
  assert.equal(visible("one\ntwo\tthree\u2028four"), "one two three four");
  assert.equal(visible("<img src=x onerror=alert(1)>"), "<img src=x onerror=alert(1)>");
});

Deno.test("marks of direction and what cannot be seen are taken out", () => {
  assert.equal(visible("abc\u202egnp.exe"), "abcgnp.exe");
  assert.equal(visible("a\u2066b\u2069c\u200b\ufeffd\u00ade"), "abcde");
  assert.equal(visible("x\u{E0041}y"), "xy");
});

Deno.test("marks that are stacked on a letter are cut to what scripts need", () => {
  assert.ok(visible(`a${"\u0301".repeat(500)}`).length < 10);
  assert.equal(visible("e\u0301"), "e\u0301");
});

Deno.test("a long text is cut, not within a character, and quickly", () => {
  assert.equal(visible("abcdef", 4), "abc…");
  assert.equal(visible("ab😀cd", 4), "ab…");
  assert.equal(visible("x".repeat(5_000_000), 50).length, 50);
  assert.equal(visible("abc", 3), "abc");
});

Deno.test("lines stay where they are wanted", () => {
  assert.equal(visibleLines("one\r\ntwo\n\x1b[1mthree", 100), "one\ntwo\nthree");
});

Deno.test("nothing and other things than text are shown as what they are", () => {
  assert.equal(visible(undefined), "");
  assert.equal(visible(null), "");
  assert.equal(visible(12), "12");
});

Deno.test("whatever is said, what is shown is short and holds nothing that acts", () => {
  const text = fc.string({
    unit: fc.constantFrom("\x1b", "[", "3", "m", "]", "\x07", "\n", "\u202e", "a", "\ud800", "\x9b"),
  });
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code)) }), text),
      fc.integer({ min: 1, max: 50 }),
      (said, max) => {
        const shown = visible(said, max);
        assert.ok(shown.length <= max + 1, `${shown.length} of ${max}`);
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(shown, /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
        assert.ok(shown.isWellFormed());
      },
    ),
  );
});

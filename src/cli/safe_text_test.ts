import assert from "node:assert/strict";
import fc from "fast-check";
import { cutTo, displayWidth, fitTo, safeText } from "./safe_text.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom("a", "é", "e\u0301", "進", "🦕", "\x1b[31m", "\u202e", "\u009b2J", "שלום", "\n", "\ud800"))
    .map((parts) => parts.join("")),
);

Deno.test("what could move the cursor, hide or turn the text becomes a question mark", () => {
  const hostile: readonly [string, string][] = [
    ["\x1b[2J\x1b]0;title\x07", "?[2J?]0;title?"],
    ["\u009b31m\u0090q\u009c", "?31m?q?"],
    ["a\r\nb\tc\x7f", "a??b?c?"],
    ["txt.\u202egpj.exe\u2066x\u2069", "txt.?gpj.exe?x?"],
    ["ss\u200bhd\u00ad\ufe0f\u3164", "ss?hd???"],
    ["a\u2028b\u2029c", "a?b?c"],
    ["12 שלום 34", "12 ???? 34"],
    ["\ud800x\udc00", "\ufffdx\ufffd"],
    ["Zürich 進程 🦕 e\u0301", "Zürich 進程 🦕 e\u0301"],
  ];
  for (const [given, expected] of hostile) assert.equal(safeText(given), expected, JSON.stringify(given));
});

Deno.test("wide characters take two columns, marks none", () => {
  const widths: readonly [string, number][] = [
    ["", 0],
    ["abc", 3],
    ["Zürich", 6],
    ["進程", 4],
    ["한글", 4],
    ["Ａ", 2],
    ["🦕", 2],
    ["e\u0301", 1],
    ["│█…", 3],
  ];
  for (const [given, expected] of widths) assert.equal(displayWidth(given), expected, given);
});

Deno.test("text that is cut says so, and never half a character", () => {
  assert.equal(cutTo("abcdef", 6), "abcdef");
  assert.equal(cutTo("abcdef", 5), "abcd…");
  assert.equal(cutTo("進程名", 6), "進程名");
  assert.equal(cutTo("進程名", 5), "進程…");
  assert.equal(cutTo("進程名", 4), "進…");
  assert.equal(cutTo("abc", 1), "…");
  assert.equal(cutTo("abc", 0), "");
  assert.equal(fitTo("進程名", 4), "進… ");
  assert.equal(fitTo("7", 3, "right"), "  7");
});

Deno.test("a pile of marks is not taken along", () => {
  assert.equal(cutTo(`a${"\u0301".repeat(1000)}b`, 10), "a\u0301\u0301b");
});

Deno.test("whatever the text is, it is safe, fits, and is safe already the second time", () => {
  fc.assert(fc.property(text, fc.integer({ min: 0, max: 30 }), (given, width) => {
    const safe = safeText(given);
    assert.equal(safeText(safe), safe);
    assert.match(safe, /^[^\p{Cc}\p{Cf}\p{Cs}]*$/u);
    const cut = cutTo(given, width);
    assert.ok(displayWidth(cut) <= width);
    assert.equal(displayWidth(fitTo(given, width, "right")), width);
    if (displayWidth(safe) <= width && !/\p{M}/u.test(safe)) assert.equal(cut, safe);
  }));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { cutTo, displayWidth, fitTo, safeOutput, safeText } from "./safe_text.ts";

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

Deno.test("output keeps its colours, tabs and script, and nothing else that acts on a terminal", () => {
  const show = (text: string) => safeOutput(text, true);
  assert.equal(show("a\tb 進程 שלום ⚠️ 👩‍💻"), "a\tb 進程 שלום ⚠️ 👩‍💻");
  assert.equal(show("\x1b[1;31mred\x1b[0m"), "\x1b[1;31mred\x1b[0m\x1b[0m");
  assert.equal(show("\x1b[38;5;208mx\x1b[48;2;1;5;8;4my"), "\x1b[38;5;208mx\x1b[48;2;1;5;8;4my\x1b[0m");
  assert.equal(show("\x1b[38:2::8:8:8mx"), "\x1b[38:2::8:8:8mx\x1b[0m");
  assert.equal(show("\x1b[8mhidden\x1b[5mblink\x1b[1;8mx"), "hiddenblinkx");
  assert.equal(show("\x1b[2J\x1b]0;title\x07\x9b1m\u202e\r\n"), "?[2J?]0;title??1m???");
  assert.equal(safeOutput("\x1b[31mred\x1b[0m \x1b[2J", false), "red ?[2J");
});

Deno.test("whatever a program writes, only codes of colours reach the terminal", () => {
  const piece = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\x1b[", "31", ";", "m", "8", "38;5;", "\x1b"));
  fc.assert(fc.property(fc.array(piece), fc.boolean(), (pieces, colour) => {
    const safe = safeOutput(pieces.join(""), colour);
    // deno-lint-ignore no-control-regex -- the codes of colours are what is looked for
    const rest = safe.replaceAll(/\x1b\[[\d;:]*m/g, "");
    assert.equal(/[^\P{Cc}\t]/u.test(rest), false);
    if (!colour) assert.equal(safe.includes("\x1b"), false);
    else if (safe !== rest) assert.ok(safe.endsWith("\x1b[0m"));
  }));
});

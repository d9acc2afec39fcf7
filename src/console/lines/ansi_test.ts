import assert from "node:assert/strict";
import fc from "fast-check";
import { plainLine } from "./ansi.ts";

const ESC = "\x1b";
const runsOf = (raw: string) => {
  const { text, runs } = plainLine(raw);
  return runs.map(({ start, end, className }) => [text.slice(start, end), className]);
};

Deno.test("a line without controls is shown as it is", () => {
  assert.deepEqual(plainLine("GET / 200 äöü 日本 🙂"), { text: "GET / 200 äöü 日本 🙂", runs: [] });
});

Deno.test("colours become classes and their sequences are gone", () => {
  assert.deepEqual(plainLine(`a ${ESC}[1;31mred${ESC}[0m b`), {
    text: "a red b",
    runs: [{ start: 2, end: 5, className: "ansi-1 ansi-bold" }],
  });
});

for (
  const [what, parameters, expected] of [
    ["bright", "92", "ansi-10"],
    ["of the table", "38;5;3", "ansi-3"],
    ["of the cube", "38;5;196", "ansi-9"],
    ["grey of the table", "38;5;240", "ansi-8"],
    ["in full", "38;2;0;120;0", "ansi-2"],
    ["in full, with colons", "38:2:40:40:255", "ansi-12"],
    ["italic and underlined", "3;4", "ansi-italic ansi-underline"],
    ["a background under plain text", "41", "ansi-1"],
    ["a background under white text", "37;44", "ansi-4"],
    ["a background under coloured text", "31;44", "ansi-1"],
    ["a colour that there is not", "38;5;999", undefined],
    ["nothing after 38", "38", undefined],
    ["hidden and blinking", "8;5", undefined],
  ] as const
) {
  Deno.test(`a colour: ${what}`, () => {
    assert.deepEqual(
      runsOf(`${ESC}[${parameters}mx`).map(([, name]) => name),
      expected === undefined ? [] : [expected],
    );
  });
}

Deno.test("what moves the cursor, sets a title, links or clears is left out", () => {
  const raw =
    `a${ESC}[2J${ESC}[10;10H${ESC}]0;title\x07b${ESC}]8;;http://x${ESC}\\c${ESC}Pdata${ESC}\\d${ESC}(Be${ESC}7f`;
  assert.deepEqual(plainLine(raw), { text: "abcdef", runs: [] });
});

Deno.test("an escape that begins nothing is shown", () => {
  assert.equal(plainLine(`a${ESC}`).text, "a\u241b");
  assert.equal(plainLine(`a${ESC}]0;never ends`).text, "a\u241b]0;never ends");
});

Deno.test("controls are shown, what turns the writing is not obeyed", () => {
  assert.equal(plainLine("a\tb\0c\x7fd\x9be").text, "a    b\u2400c\u2421d\ufffde");
  assert.equal(plainLine("evil\u202egpj.exe\u2066").text, "evil\ufffdgpj.exe\ufffd");
  assert.equal(plainLine("half \ud800 of one").text, "half \ufffd of one");
});

Deno.test("joined emoji stay joined", () => {
  assert.equal(plainLine("👩\u200d💻").text, "👩\u200d💻");
});

const piece = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    ESC,
    `${ESC}[`,
    `${ESC}[31m`,
    `${ESC}[38;2;`,
    `${ESC}]`,
    "\x07",
    `${ESC}\\`,
    "\u202e",
    "\r",
    "é",
    "日",
  ),
);

Deno.test("whatever a line holds, nothing in it acts and its runs are in order within it", () => {
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
    const { text, runs } = plainLine(pieces.join(""));
    assert.doesNotMatch(text.replace(/[\u200c\u200d]/g, ""), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    let at = 0;
    for (const { start, end, className } of runs) {
      assert.ok(start >= at && end > start && end <= text.length);
      assert.match(className, /^ansi-(?:1?\d|bold|italic|underline)(?: ansi-(?:bold|italic|underline))*$/);
      at = end;
    }
  }));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { ScreenModes } from "./screen_modes.ts";

const PLAIN = "\x1b[0m";

function resetAfter(text: string, size = Infinity): string {
  const modes = new ScreenModes();
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += Math.min(size, bytes.length)) modes.see(bytes.slice(at, at + size));
  return modes.reset();
}

for (
  const [what, output, reset] of [
    ["plain output", "hello\r\n\x1b[31mred\x1b[0m", ""],
    [
      "vim that still runs",
      "\x1b[?1049h\x1b[?1h\x1b=\x1b[?2004h\x1b[?25l",
      "\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[?1l\x1b>",
    ],
    ["vim that has ended", "\x1b[?1049h\x1b[?1h\x1b=text\x1b[?1l\x1b>\x1b[?1049l", ""],
    ["several at once", "\x1b[?1000;1006;25l\x1b[?1000;1006h", "\x1b[?1006l\x1b[?1000l\x1b[?25h"],
    ["what was switched on twice and off once", "\x1b[?1003h\x1b[?1003h\x1b[?1003l", ""],
    ["a reset of all", "\x1b[?1049h\x1bc", ""],
    ["modes that nobody knows, and no modes", "\x1b[?12h\x1b[4h\x1b[?h\x1b[?25", ""],
    ["a sequence without end", `\x1b[?${"1;".repeat(500)}h`, ""],
    ["one that begins within another", "\x1b[?10\x1b[?1049h", "\x1b[?1049l"],
    ["a title with such a text in it", "\x1b]0;[?1049h\x07", ""],
  ] as const
) {
  Deno.test(`${what}: what is switched off afterwards`, () => {
    for (const size of [Infinity, 1, 3]) assert.equal(resetAfter(output, size), reset + PLAIN, `in pieces of ${size}`);
  });
}

Deno.test("any output, in any pieces, leads to the same", () => {
  const part = fc.constantFrom("\x1b", "[", "?", "1049", ";", "h", "l", "25", "=", ">", "c", "x", "é");
  fc.assert(fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (parts, size) => {
    assert.equal(resetAfter(parts.join(""), size), resetAfter(parts.join("")));
  }));
});

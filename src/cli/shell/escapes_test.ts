import assert from "node:assert/strict";
import fc from "fast-check";
import { type Escape, EscapeReader } from "./escapes.ts";

/** What goes to the shell, and what was asked for, when the text comes in these pieces. */
function read(text: string, size = Infinity): { shell: string; escapes: Escape[] } {
  const reader = new EscapeReader();
  const bytes = new TextEncoder().encode(text);
  const shell: number[] = [];
  const escapes: Escape[] = [];
  for (let at = 0; at < bytes.length; at += Math.min(size, bytes.length)) {
    let piece = bytes.slice(at, Math.min(at + size, bytes.length));
    while (piece.length > 0) {
      const typed = reader.read(piece);
      shell.push(...typed.bytes);
      if (typed.escape !== null) escapes.push(typed.escape);
      piece = typed.rest.slice();
    }
  }
  return { shell: new TextDecoder().decode(Uint8Array.from(shell)), escapes };
}

for (
  const [typed, shell, escapes] of [
    ["~.", "", ["leave"]],
    ["ls\r~.", "ls\r", ["leave"]],
    ["ls\n~?pwd\n~.", "ls\npwd\n", ["help", "leave"]],
    ["ls ~.", "ls ~.", []],
    ["cd ~/x\r~user\r", "cd ~/x\r~user\r", []],
    ["~~.", "~.", []],
    ["\r~~~.", "\r~~.", []],
    ["~x\r~.", "~x\r", ["leave"]],
    ["~\r~.", "~\r", ["leave"]],
    ["é~.", "é~.", []],
  ] as const
) {
  Deno.test(`${JSON.stringify(typed)} is ${JSON.stringify(shell)} for the shell, and ${escapes.join(" ") || "nothing"} for us`, () => {
    for (const size of [Infinity, 1, 2]) assert.deepEqual(read(typed, size), { shell, escapes });
  });
}

Deno.test("whatever is typed without ~ after a line break comes to the shell as it is, in whatever pieces", () => {
  const text = fc.string({ unit: fc.constantFrom("~", ".", "?", "\r", "a", "é") })
    .map((each) => `a${each.replaceAll("\r~", "\ra~")}`);
  fc.assert(fc.property(text, fc.integer({ min: 1, max: 5 }), (typed, size) => {
    assert.deepEqual(read(typed, size), { shell: typed, escapes: [] });
  }));
});

Deno.test("pieces make no difference", () => {
  const text = fc.string({ unit: fc.constantFrom("~", ".", "?", "\r", "a") });
  fc.assert(fc.property(text, fc.integer({ min: 1, max: 5 }), (typed, size) => {
    assert.deepEqual(read(typed, size), read(typed));
  }));
});

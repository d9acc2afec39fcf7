import assert from "node:assert/strict";
import fc from "fast-check";
import { keysOf } from "./keys.ts";

const keys = (text: string) => keysOf(new TextEncoder().encode(text));

Deno.test("keys mean what the help says, and Ctrl-C is one of them", () => {
  assert.deepEqual(keys("qcmp?"), ["quit", "sort_cpu", "sort_memory", "pause", "help"]);
  assert.deepEqual(keys("\x03"), ["quit"]);
  assert.deepEqual(keys("x\r程"), ["other", "other", "other"]);
});

Deno.test("the letters of arrows, function keys and a terminal's answers are not meant", () => {
  const sequences = ["\x1b[A", "\x1bOP", "\x1b[15~", "\x1b[?62;c", "\x1b[1;5C", "\x1bq", "\x1b"];
  for (const sequence of sequences) assert.deepEqual(keys(sequence), ["other"], JSON.stringify(sequence));
  assert.deepEqual(keys("\x1b[Aq"), ["other", "quit"]);
});

Deno.test("whatever is pasted, it is keys", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assert.ok(keysOf(bytes).length <= bytes.length);
  }));
});

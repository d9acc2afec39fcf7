import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogLine } from "../../protocol/mod.ts";
import { Continuation } from "./continuation.ts";

const out = (...texts: string[]): LogLine[] => texts.map((text) => ({ file: "stdout", text }));
const err = (...texts: string[]): LogLine[] => texts.map((text) => ({ file: "stderr", text }));

function after(shown: readonly LogLine[], lines: readonly LogLine[]) {
  const continuation = new Continuation();
  for (const line of shown) continuation.add(line);
  const { unseen, isJoined } = continuation.continue(lines);
  return [unseen.map(({ text }) => text).join(" "), isJoined];
}

Deno.test("lines that were shown are not shown again, those after them are", () => {
  assert.deepEqual(after(out("a", "b", "c"), out("x", "a", "b", "c", "d", "e")), ["d e", true]);
  assert.deepEqual(after(out("a", "b", "c"), out("a", "b", "c")), ["", true]);
  assert.deepEqual(after(out("a", "b", "c"), out("b", "c", "d")), ["d", true]); // it begins within what was shown
  assert.deepEqual(after(out("a", "b", "c"), out("x", "y")), ["x y", false]);
  assert.deepEqual(after(out("a"), []), ["", false]);
});

Deno.test("of equal lines, those that may be new are rather shown twice than lost", () => {
  assert.deepEqual(after(out("tick", "tick"), out("tick", "tick", "tick")), ["tick", true]);
  assert.deepEqual(after(out("a", "b", "a"), out("a", "x", "a", "b", "a", "n")), ["n", true]);
});

Deno.test("each file has its own end, and one that was silent begins where the others end", () => {
  const shown = [...out("a"), ...err("E1"), ...out("b")];
  assert.deepEqual(after(shown, [...shown, ...err("E2"), ...out("c")]), ["E2 c", true]);
  assert.deepEqual(after(out("a", "b"), [...err("old"), ...out("a", "b"), ...err("new")]), ["new", true]);
});

Deno.test("of lines that differ none is lost or doubled, wherever it ended", () => {
  const files = fc.array(fc.constantFrom("stdout", "stderr"), { minLength: 1 });
  fc.assert(fc.property(files, fc.nat(), fc.nat(), (files, a, b) => {
    const lines: LogLine[] = files.map((file, index) => ({ file, text: `${index}` }));
    const end = 1 + a % lines.length;
    const start = b % end;
    const continuation = new Continuation();
    for (const line of lines.slice(0, end)) continuation.add(line);
    const { unseen, isJoined } = continuation.continue(lines.slice(start));
    assert.deepEqual([unseen, isJoined], [lines.slice(end), true]);
  }));
});

Deno.test("nothing is lost of lines that are the same again and again, where all that was shown is seen again", () => {
  const texts = fc.array(fc.constantFrom("a", "b"), { minLength: 1 });
  fc.assert(fc.property(texts, fc.nat(), fc.nat(), (texts, a, b) => {
    const lines = out(...texts);
    const end = 1 + a % lines.length;
    const continuation = new Continuation();
    for (const line of lines.slice(b % end, end)) continuation.add(line);
    const { unseen } = continuation.continue(lines);
    const expected = lines.slice(end);
    assert.deepEqual(unseen.slice(unseen.length - expected.length), expected);
  }));
});

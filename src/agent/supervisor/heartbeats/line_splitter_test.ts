import assert from "node:assert/strict";
import fc from "fast-check";
import { LineSplitter } from "./line_splitter.ts";

/** The lines of these pieces; null for each that was too long. */
function lines(pieces: readonly Uint8Array[], maxBytes = 8): (string | null)[] {
  const splitter = new LineSplitter(maxBytes);
  return pieces.flatMap((piece) =>
    [...splitter.push(piece)].map((line) => line === null ? null : new TextDecoder().decode(line))
  );
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("lines come out whole, in whatever pieces they came; the last is held back until its end", () => {
  assert.deepEqual(lines([bytes("ab\ncd"), bytes("e\n\nf")]), ["ab", "cde", ""]);
  assert.deepEqual(lines([...bytes("né\n")].map((byte) => new Uint8Array([byte]))), ["né"]);
});

Deno.test("a line that is too long is told once and passed over, and the next one is good", () => {
  const long = "x".repeat(9);
  assert.deepEqual(lines([bytes(`${long}\nok\n`)]), [null, "ok"]);
  assert.deepEqual(lines([bytes(long), bytes(long), bytes(`${long}\nok\n`)]), [null, "ok"]);
  assert.deepEqual(lines([bytes("x".repeat(8)), bytes("\n")]), ["x".repeat(8)]);
  assert.deepEqual(lines([bytes("x".repeat(8)), bytes("x\nok\n")]), [null, "ok"]);
});

Deno.test("property: the cuts between pieces do not matter", () => {
  const text = fc.array(fc.constantFrom("a", "é", "\n", "bcdefg"), { maxLength: 40 }).map((parts) =>
    bytes(parts.join(""))
  );
  fc.assert(fc.property(text, fc.array(fc.nat(60), { maxLength: 6 }), (all, cuts) => {
    const ends = [...cuts.map((cut) => Math.min(cut, all.length)), all.length].sort((a, b) => a - b);
    const pieces = ends.map((end, at) => all.subarray(ends[at - 1] ?? 0, end));
    assert.deepEqual(lines(pieces), lines([all]));
    const expected = new TextDecoder().decode(all).split("\n").slice(0, -1).filter((line) => bytes(line).length <= 8);
    assert.deepEqual(lines([all]).filter((line) => line !== null), expected);
  }));
});

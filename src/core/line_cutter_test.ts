import assert from "node:assert/strict";
import fc from "fast-check";
import { LineCutter } from "./line_cutter.ts";

Deno.test("lines are the same in whatever pieces they come", () => {
  const lines = fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n\ufeff]/g, "")));
  fc.assert(fc.property(lines, fc.array(fc.nat({ max: 9 })), (expected, sizes) => {
    const bytes = new TextEncoder().encode(expected.map((line) => `${line}\n`).join(""));
    const cutter = new LineCutter();
    const cut: string[] = [];
    let from = 0;
    for (const size of sizes) {
      cut.push(...cutter.take(bytes.subarray(from, from + size)));
      from += size;
    }
    cut.push(...cutter.take(bytes.subarray(from)), ...cutter.end());
    assert.deepEqual(cut, expected);
  }));
});

Deno.test("a line without an end is told in parts, and what came last is told at the end", () => {
  const cutter = new LineCutter();
  assert.equal(cutter.take(new Uint8Array(200 * 1024).fill(97)).length, 3);
  assert.equal(cutter.end()[0]?.length, 8 * 1024);
  assert.deepEqual(cutter.end(), []);
  assert.deepEqual(cutter.take(new TextEncoder().encode("a\r\nb")), ["a"]);
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { BackwardLines, LineSplitter, MAX_LINE_BYTES, type RawLine } from "./line_splitter.ts";

/** Texts with many line feeds, and bytes that are no UTF-8. */
const bytesArb = fc.array(fc.constantFrom(10, 10, 13, 65, 66, 0xc3, 0xa9, 0xff, 0), { maxLength: 60 })
  .map((codes) => Uint8Array.from(codes));
const sizesArb = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });

function chunksOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
}

/** The plain way, for what is short. */
function linesOf(bytes: Uint8Array, start: number): { ended: RawLine[]; rest: Uint8Array } {
  const ended: RawLine[] = [];
  let from = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    const line = bytes.slice(from, at);
    const text = new TextDecoder().decode(line.at(-1) === 13 ? line.slice(0, -1) : line);
    ended.push({ text, cut: false, end: start + at + 1 });
    from = at + 1;
  }
  return { ended, rest: bytes.slice(from) };
}

Deno.test("lines read forwards are the same however their bytes come", () => {
  fc.assert(fc.property(bytesArb, sizesArb, fc.nat(1_000), (bytes, sizes, start) => {
    const splitter = new LineSplitter(start);
    const lines = chunksOf(bytes, sizes).flatMap((chunk) => splitter.push(chunk));
    const { ended, rest } = linesOf(bytes, start);
    assert.deepEqual(lines, ended);
    assert.deepEqual([...splitter.open.bytes], [...rest]);
    assert.equal(splitter.openStart, start + bytes.length - rest.length);
    assert.equal(splitter.offset, start + bytes.length);
  }));
});

Deno.test("lines read backwards are the same ones in reverse, with or without what has not ended", () => {
  fc.assert(fc.property(bytesArb, sizesArb, fc.boolean(), (bytes, sizes, withUnfinished) => {
    const reader = new BackwardLines(100 + bytes.length);
    let start = 100 + bytes.length;
    const lines = chunksOf(bytes, sizes).reverse().flatMap((chunk) => {
      start -= chunk.length;
      return reader.pushBefore(chunk, start, withUnfinished);
    });
    lines.push(...reader.finish(100, true, withUnfinished));
    const { ended, rest } = linesOf(bytes, 100);
    const expected = ended.reverse();
    if (withUnfinished && rest.length > 0) {
      const text = new TextDecoder().decode(rest.at(-1) === 13 ? rest.slice(0, -1) : rest);
      expected.unshift({ text, cut: false, end: 100 + bytes.length });
    }
    assert.deepEqual(lines, expected);
    assert.equal(reader.unfinishedStart, 100 + bytes.length - rest.length);
  }));
});

Deno.test("of a line without end the beginning is told, in bounded memory", () => {
  const part = new Uint8Array(50_000).fill(65);
  const forwards = new LineSplitter(0);
  for (let count = 0; count < 4; count++) assert.deepEqual(forwards.push(part), []);
  assert.equal(forwards.open.bytes.length, MAX_LINE_BYTES);
  const [line] = forwards.push(Uint8Array.of(66, 10, 67, 10));
  assert.deepEqual([line?.text.length, line?.cut, line?.end], [MAX_LINE_BYTES, true, 200_002]);

  const backwards = new BackwardLines(200_004);
  assert.deepEqual(backwards.pushBefore(Uint8Array.of(66, 10, 67, 10), 200_000, true).map(({ text }) => text), ["C"]);
  for (let start = 150_000; start >= 0; start -= 50_000) backwards.pushBefore(part, start, true);
  const [first] = backwards.finish(0, true, true);
  assert.deepEqual([first?.text, first?.cut, first?.end], ["A".repeat(MAX_LINE_BYTES), true, 200_002]);
});

Deno.test("what there is of a line whose rest is gone is told as cut", () => {
  const splitter = new LineSplitter(0);
  splitter.push(new TextEncoder().encode("half"));
  assert.deepEqual(splitter.jump(100), [{ text: "half", cut: true, end: 4 }]);
  assert.deepEqual(splitter.push(new TextEncoder().encode("x\n")), [{ text: "x", cut: false, end: 102 }]);
});

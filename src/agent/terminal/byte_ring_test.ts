import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteRing } from "./byte_ring.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function textFrom(ring: ByteRing, from: number): string {
  const into = new Uint8Array(ring.end - from);
  assert.equal(ring.copy(from, into), into.length);
  return new TextDecoder().decode(into);
}

Deno.test("a ring keeps the latest bytes at their positions, however they came and grew", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 70_000 }), { maxLength: 12 });
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 100_000 }), (chunks, maxBytes) => {
      const ring = new ByteRing(maxBytes);
      const all: number[] = [];
      for (const chunk of chunks) {
        ring.append(chunk);
        for (const byte of chunk) all.push(byte);
        assert.equal(ring.end, all.length);
        assert.ok(ring.end - ring.start >= Math.min(all.length, maxBytes));
        assert.ok(ring.end - ring.start <= maxBytes);
      }
      const into = new Uint8Array(ring.end - ring.start);
      assert.equal(ring.copy(ring.start, into), into.length);
      assert.deepEqual([...into], all.slice(ring.start));
    }),
    { numRuns: 60 },
  );
});

Deno.test("copying takes as much as there is room for", () => {
  const ring = new ByteRing(10);
  ring.append(bytes("0123456789abc"));
  assert.deepEqual([ring.start, ring.end], [3, 13]);
  const into = new Uint8Array(4);
  assert.equal(ring.copy(8, into), 4);
  assert.equal(new TextDecoder().decode(into), "89ab");
  assert.equal(ring.copy(13, into), 0);
});

Deno.test("a place to begin is after a line, or else not within a character", () => {
  const ring = new ByteRing(64 * 1024);
  ring.append(bytes("half a line\nwhole\n"));
  assert.equal(textFrom(ring, ring.nextLine(3)), "whole\n");
  assert.equal(ring.nextLine(ring.end), ring.end);
  const long = new ByteRing(64 * 1024);
  long.append(bytes("é".repeat(10_000)));
  assert.equal(long.nextLine(1), 2);
  assert.equal(long.nextLine(2), 2);
});

Deno.test("a ring takes no more memory than it has bytes", () => {
  const ring = new ByteRing(1_000_000);
  ring.append(bytes("x"));
  assert.ok(ring.end - ring.start === 1);
  for (let round = 0; round < 100; round++) ring.append(new Uint8Array(30_000));
  assert.equal(ring.end - ring.start, 1_000_000);
});

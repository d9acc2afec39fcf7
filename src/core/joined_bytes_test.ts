import assert from "node:assert/strict";
import fc from "fast-check";
import { joinedBytes } from "./joined_bytes.ts";

Deno.test("joined bytes are those of all parts in their order", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (parts) => {
    assert.deepEqual([...joinedBytes(parts)], parts.flatMap((part) => [...part]));
  }));
});

Deno.test("joined bytes are a copy, also of a single part that lies within a larger buffer", () => {
  const buffer = Uint8Array.of(1, 2, 3, 4);
  const joined = joinedBytes([buffer.subarray(1, 3)]);
  buffer.fill(0);
  assert.deepEqual(joined, Uint8Array.of(2, 3));
  assert.equal(joined.buffer.byteLength, 2);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { ReceiveQueue } from "./receive_queue.ts";

/** Pieces as they come in messages: parts of larger buffers. */
const pieces = fc.record({
  bytes: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9000 })),
  before: fc.nat(5000),
}).map(({ bytes, before }) => ({ kind: "push" as const, bytes, before }));
const takes = fc.oneof(
  fc.constant({ kind: "take" as const }),
  fc.nat(3000).map((bytes) => ({ kind: "exactly" as const, bytes })),
);

Deno.test("bytes come out as they went in, in whatever pieces they are pushed and taken", () => {
  fc.assert(fc.property(fc.array(fc.oneof(pieces, takes), { maxLength: 40 }), (steps) => {
    const queue = new ReceiveQueue();
    const model: number[] = [];
    let next = 0;
    for (const step of steps) {
      if (step.kind === "push") {
        const message = new Uint8Array(step.before + step.bytes);
        const chunk = message.subarray(step.before);
        for (let at = 0; at < chunk.length; at++) chunk[at] = next = (next + 1) % 251;
        queue.push(chunk);
        model.push(...chunk);
      } else if (step.kind === "take") {
        const taken = queue.take();
        assert.equal(taken === null, model.length === 0);
        assert.deepEqual([...taken ?? []], model.splice(0, taken?.length ?? 0));
      } else if (step.bytes <= model.length) {
        assert.deepEqual([...queue.takeExactly(step.bytes)], model.splice(0, step.bytes));
      }
      assert.equal(queue.bytes, model.length);
    }
  }));
});

Deno.test("a large message is handed on without a copy", () => {
  const queue = new ReceiveQueue();
  const message = new Uint8Array(20_000);
  queue.push(message.subarray(12));
  assert.equal(queue.take()?.buffer, message.buffer);
});

Deno.test("small pieces keep neither their messages nor an object each", () => {
  const queue = new ReceiveQueue();
  for (let piece = 0; piece < 100_000; piece++) {
    queue.push(piece % 2 === 0 ? new Uint8Array(1) : new Uint8Array(100).subarray(99));
  }
  const blocks: Uint8Array[] = [];
  for (let block = queue.take(); block !== null; block = queue.take()) blocks.push(block);
  const heldBytes = blocks.reduce((sum, block) => sum + block.buffer.byteLength, 0);
  assert.equal(blocks.reduce((sum, block) => sum + block.length, 0), 100_000);
  assert.ok(blocks.length < 20, `${blocks.length} blocks`);
  assert.ok(heldBytes < 120_000, `${heldBytes} bytes held for 100,000`);
});

Deno.test("nothing is left after clearing, and more than there is cannot be taken", () => {
  const queue = new ReceiveQueue();
  queue.push(Uint8Array.of(1, 2, 3));
  assert.throws(() => queue.takeExactly(4), RangeError);
  queue.push(Uint8Array.of(1, 2, 3));
  queue.clear();
  assert.equal(queue.bytes, 0);
  assert.equal(queue.take(), null);
});

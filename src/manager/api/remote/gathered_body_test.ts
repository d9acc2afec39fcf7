import assert from "node:assert/strict";
import fc from "fast-check";
import { gatheredBody } from "./gathered_body.ts";

const still = { monotonicMs: () => 0 };

function bodyOf(sizes: readonly number[], onPull: () => void = () => {}): ReadableStream<Uint8Array<ArrayBuffer>> {
  const waiting = [...sizes];
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      onPull();
      const size = waiting.shift();
      if (size === undefined) return controller.close();
      controller.enqueue(new Uint8Array(size).map(() => at++ & 255));
    },
  }, { highWaterMark: 0 });
}

Deno.test("the bytes are the same in larger pieces, whatever pieces they come in", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 12 }), async (sizes) => {
      const pieces = await Array.fromAsync(gatheredBody(bodyOf(sizes), still));
      const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
      assert.equal(bytes.length, sizes.reduce((sum, size) => sum + size, 0));
      assert.ok(bytes.every((byte, at) => byte === (at & 255)));
      assert.ok(pieces.slice(0, -1).every(({ length }) => length >= 128 * 1024 && length < 220_000));
    }),
    { numRuns: 40 },
  );
});

Deno.test("nothing is read before it is wanted, and what comes slowly is passed on as it comes", async () => {
  let pulls = 0;
  let nowMs = 0;
  const slow = gatheredBody(bodyOf([10, 20, 30], () => (pulls++, nowMs += 1_000)), { monotonicMs: () => nowMs });
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(pulls, 0);
  const lengths = await Array.fromAsync(slow, ({ length }) => length);
  assert.deepEqual(lengths, [30, 30]);
});

Deno.test("who leaves lets the sender know, and a sender that breaks breaks the body", async () => {
  let reason: unknown;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({ cancel: (given) => void (reason = given) });
  await gatheredBody(body, still).cancel("enough");
  assert.equal(reason, "enough");
  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.error(new Error("broken")),
  });
  await assert.rejects(Array.fromAsync(gatheredBody(broken, still)), /broken/);
});

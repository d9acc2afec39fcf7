import assert from "node:assert/strict";
import fc from "fast-check";
import { PendingBytes } from "./pending_bytes.ts";

Deno.test("bytes come out as they went in, however many are taken at a time", () => {
  const step = fc.oneof(
    fc.record({ push: fc.uint8Array({ maxLength: 50 }) }),
    fc.record({ take: fc.integer({ min: 1, max: 80 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pending = new PendingBytes();
      const [given, taken]: [number[], number[]] = [[], []];
      const take = (count: number) => {
        const first = pending.first();
        const part = first?.subarray(0, count) ?? [];
        taken.push(...part);
        pending.drop(part.length);
      };
      for (const each of steps) {
        if ("take" in each) take(each.take);
        else {
          pending.push(each.push);
          given.push(...each.push);
          each.push.fill(0); // the giver uses its buffer again
        }
        assert.equal(pending.isEmpty, given.length === taken.length);
      }
      while (!pending.isEmpty) take(7);
      assert.deepEqual(taken, given);
      assert.equal(pending.first(), null);
    }),
  );
});

Deno.test("much is told to be enough, until some of it is gone", () => {
  const pending = new PendingBytes();
  pending.push(new Uint8Array(64 * 1024 - 1));
  assert.equal(pending.isFull, false);
  pending.push(new Uint8Array(1));
  assert.equal(pending.isFull, true);
  assert.equal(pending.first()?.length, 64 * 1024);
  pending.drop(1);
  assert.equal(pending.isFull, false);
  pending.clear();
  assert.deepEqual([pending.isEmpty, pending.first()], [true, null]);
});

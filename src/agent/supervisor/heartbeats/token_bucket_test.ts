import assert from "node:assert/strict";
import fc from "fast-check";
import { TokenBucket } from "./token_bucket.ts";

Deno.test("as many at once as a second has, then as many as time gives", () => {
  const bucket = new TokenBucket(3, 0);
  const taken = (nowMs: number) => bucket.take(nowMs);
  assert.deepEqual([0, 0, 0, 0, 333, 334, 334].map(taken), [true, true, true, false, false, true, false]);
  assert.deepEqual([9_000, 9_000, 9_000, 9_000].map(taken), [true, true, true, false]);
});

Deno.test("property: within any span no more than one burst and the rate are taken, and no less than the rate allows", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(100), { maxLength: 200 }), (rate, gaps) => {
    const bucket = new TokenBucket(rate, 0);
    let [nowMs, taken] = [0, 0];
    for (const gap of gaps) {
      nowMs += gap;
      if (bucket.take(nowMs)) taken++;
    }
    assert.ok(taken <= rate + nowMs * rate / 1_000 + 1e-6);
    assert.ok(taken >= Math.min(gaps.length, rate));
  }));
});

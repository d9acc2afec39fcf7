import assert from "node:assert/strict";
import fc from "fast-check";
import { fullJitterMs } from "./backoff.ts";

const LIMITS = { baseMs: 1_000, maxMs: 60_000 };

Deno.test("the span doubles with each failure, up to the maximum", () => {
  const spans = [1, 2, 3, 6, 7, 8, 1_000_000].map((failures) => fullJitterMs(LIMITS, failures, 1));
  assert.deepEqual(spans, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
});

Deno.test("property: any part of the span can be waited, and never more", () => {
  fc.assert(fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
    const spanMs = fullJitterMs(LIMITS, failures, 1);
    const waitMs = fullJitterMs(LIMITS, failures, random);
    assert.equal(waitMs, Math.round(spanMs * random));
    assert.ok(waitMs >= 0 && waitMs <= LIMITS.maxMs);
  }));
});

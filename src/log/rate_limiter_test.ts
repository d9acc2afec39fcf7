import assert from "node:assert/strict";
import fc from "fast-check";
import { RateLimiter, type RecordKind } from "./rate_limiter.ts";

const A: RecordKind = { level: "info", component: "a", msg: "hello" };

Deno.test("RateLimiter: keeps so many a second and then counts", () => {
  const limiter = new RateLimiter({ perSecond: 2 });
  assert.deepEqual([0, 1, 2, 3, 999].map((nowMs) => limiter.admit(A, nowMs).kept), [true, true, false, false, false]);
  assert.equal(limiter.nextEndMs(), 1_000);
  assert.deepEqual(limiter.ended(999), []);
  assert.deepEqual(limiter.ended(1_000), [{ ...A, count: 3 }]);
  assert.deepEqual(limiter.ended(1_000), [], "told once");
});

Deno.test("RateLimiter: the next record of the kind closes its window too", () => {
  const limiter = new RateLimiter({ perSecond: 1 });
  limiter.admit(A, 0);
  limiter.admit(A, 500);
  assert.deepEqual(limiter.admit(A, 1_000), { kept: true, closed: [{ ...A, count: 1 }] });
  assert.deepEqual(limiter.drain(), []);
});

Deno.test("RateLimiter: level, component and message each make another kind", () => {
  const limiter = new RateLimiter({ perSecond: 1 });
  const kinds: RecordKind[] = [A, { ...A, level: "error" }, { ...A, component: "b" }, { ...A, msg: "bye" }];
  for (const kind of [...kinds, { level: "info", msg: "hello" } as const]) assert.ok(limiter.admit(kind, 0).kept);
});

Deno.test("RateLimiter: memory is bounded, and what is forgotten is told first", () => {
  const limiter = new RateLimiter({ perSecond: 1 });
  limiter.admit(A, 0);
  limiter.admit(A, 0);
  const closed = Array.from({ length: 5_000 }, (_, index) => limiter.admit({ ...A, msg: `m${index}` }, 1).closed)
    .flat();
  assert.deepEqual(closed, [{ ...A, count: 1 }]);
});

Deno.test("RateLimiter: every record is either kept or counted exactly once", () => {
  const step = fc.record({ kind: fc.nat({ max: 3 }), waitMs: fc.nat({ max: 700 }), sweep: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (steps, perSecond) => {
    const limiter = new RateLimiter({ perSecond });
    let nowMs = 0;
    let kept = 0;
    let counted = 0;
    for (const { kind, waitMs, sweep } of steps) {
      nowMs += waitMs;
      if (sweep) { for (const { count } of limiter.ended(nowMs)) counted += count; }
      const answer = limiter.admit({ ...A, msg: `m${kind}` }, nowMs);
      if (answer.kept) kept++;
      for (const { count } of answer.closed) counted += count;
    }
    for (const { count } of limiter.drain()) counted += count;
    return kept + counted === steps.length;
  }));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { WideCounters } from "./wide_counters.ts";

Deno.test("a counter of 32 bits goes on when it wraps, each by itself", () => {
  const wide = new WideCounters();
  assert.equal(wide.next("a", 4_294_967_290), 4_294_967_290);
  assert.equal(wide.next("b", 5), 5);
  assert.equal(wide.next("a", 4), 4_294_967_300);
  assert.equal(wide.next("a", 4_000_000_000), 8_294_967_296);
  assert.equal(wide.next("a", 10), 8_589_934_602);
  assert.equal(wide.next("b", 7), 7);
});

Deno.test("a counter that begins anew is told as it is, and an absent one stays absent", () => {
  const wide = new WideCounters();
  wide.next("a", 1000);
  assert.equal(wide.next("a", undefined), undefined);
  assert.equal(wide.next("a", 3), 3);
});

Deno.test("what grows by less than half of the range between readings never falls", () => {
  fc.assert(fc.property(fc.nat(), fc.array(fc.nat({ max: 2 ** 31 - 1 })), (start, steps) => {
    const wide = new WideCounters();
    let [real, last] = [start, wide.next("a", start) ?? NaN];
    for (const step of steps) {
      real += step;
      const next = wide.next("a", real % 2 ** 32) ?? NaN;
      assert.equal(next - last, step);
      last = next;
    }
  }));
});

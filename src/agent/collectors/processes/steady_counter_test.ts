import assert from "node:assert/strict";
import fc from "fast-check";
import { SteadyCounter } from "./steady_counter.ts";

const run = (sums: readonly number[]) => {
  const counter = new SteadyCounter();
  return sums.map((sum) => counter.next(sum));
};

Deno.test("a sum that only grows is its counter", () => {
  assert.deepEqual(run([5, 5, 9, 100]), [5, 5, 9, 100]);
});

Deno.test("a fall that is made up for at the next reading leaves no trace", () => {
  assert.deepEqual(run([100, 40, 110, 120]), [100, 100, 110, 120]);
});

Deno.test("after a fall that stays, the counter goes on from where it was", () => {
  assert.deepEqual(run([100, 40, 42, 50]), [100, 100, 100, 108]);
});

Deno.test("it never falls, and never grows by more than its sum does", () => {
  fc.assert(fc.property(fc.array(fc.nat(1000)), (sums) => {
    const values = run(sums);
    for (let i = 1; i < values.length; i++) {
      const [value = 0, before = 0] = [values[i], values[i - 1]];
      assert.ok(value >= before);
      assert.ok(value - before <= Math.max(...sums));
    }
  }));
});

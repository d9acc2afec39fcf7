import assert from "node:assert/strict";
import { bytes, number, percent } from "../kit/format.ts";
import { incrementsFor } from "./chart_scale.ts";

Deno.test("a scale counts by nothing finer than its figures say", () => {
  assert.equal(incrementsFor(percent)[0], 0.1);
  assert.equal(incrementsFor((value) => number(value, 2))[0], 0.01);
  assert.equal(incrementsFor(bytes)[0], 1);
});

Deno.test("a scale counts by whatever is coarse enough, in order", () => {
  const all = incrementsFor(bytes);
  assert.deepEqual(all, all.toSorted((a, b) => a - b));
  for (const wanted of [500, 1e6, 2.5e9, 1e15]) assert.ok(all.includes(wanted), String(wanted));
});

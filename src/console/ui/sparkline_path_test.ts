import assert from "node:assert/strict";
import * as fc from "fast-check";
import { pathsOf, runsOf, usualBridge } from "./sparkline_path.ts";

Deno.test("a gap is a gap, unless it is one that is usual", () => {
  assert.deepEqual(runsOf([1, null, 2, 3, null, null, 4], 0), [[0], [2, 3], [6]]);
  assert.deepEqual(runsOf([1, null, 2, 3, null, null, 4], 1), [[0, 2, 3], [6]]);
  assert.deepEqual(runsOf([null, NaN, Infinity], 3), []);
});

Deno.test("who is told of each third value bridges two, and never more than allowed", () => {
  assert.equal(usualBridge([1, null, null, 1, null, null, 1], 10), 5);
  assert.equal(usualBridge([1, null, null, 1, null, null, 1], 2), 2);
  assert.deepEqual([usualBridge([null, 1, null], 10), usualBridge([], 10)], [0, 0]);
});

Deno.test("whatever the values are, the line stays within its box", () => {
  const values = fc.array(fc.option(fc.double()), { maxLength: 80 });
  fc.assert(fc.property(values, fc.option(fc.constant(100)), (given, max) => {
    const { line, area } = pathsOf(given, { width: 48, height: 22, max: max ?? undefined, bridge: 2 });
    for (const text of [line, area]) {
      for (const number of text.match(/-?[\d.]+(e[+-]?\d+)?|NaN|Infinity/g) ?? []) {
        assert.ok(Number(number) >= 0 && Number(number) <= 48, `${number} in ${text}`);
      }
    }
  }));
});

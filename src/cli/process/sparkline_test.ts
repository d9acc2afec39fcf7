import assert from "node:assert/strict";
import fc from "fast-check";
import { sparkline, spreadOf } from "./sparkline.ts";

Deno.test("bars go from 0 to the highest value, and are blank where nothing was measured", () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 20), "▁▁▂▃▄▅▆▇█");
  assert.equal(sparkline([0, undefined, 0], 20), "▁ ▁");
  assert.equal(sparkline([], 20), "");
  assert.equal(sparkline([1, 3, 0, 8], 2), "▄█");
});

Deno.test("the spread is of what was measured", () => {
  assert.deepEqual(spreadOf([undefined, 1, 2, NaN, 6]), { least: 1, mean: 3, most: 6 });
  assert.equal(spreadOf([undefined]), undefined);
});

Deno.test("there are never more bars than values or room, whatever the values are", () => {
  const values = fc.array(fc.option(fc.double({ min: 0, max: 1e300, noNaN: true }), { nil: undefined }));
  fc.assert(fc.property(values, fc.nat(50), (values, width) => {
    const bars = sparkline(values, width);
    assert.equal([...bars].length, Math.min(width, values.length));
    assert.match(bars, /^[ ▁▂▃▄▅▆▇█]*$/);
  }));
});

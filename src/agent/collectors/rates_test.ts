import assert from "node:assert/strict";
import fc from "fast-check";
import { percentOfTime, perSecond } from "./rates.ts";

Deno.test("a counter's growth per second", () => {
  assert.equal(perSecond(300, 100, 10), 20);
  assert.equal(perSecond(100, 100, 10), 0);
});

Deno.test("a counter that was reset or has wrapped tells nothing, nor does one that was not known", () => {
  assert.equal(perSecond(5, 4_294_967_290, 10), undefined);
  assert.equal(perSecond(5, undefined, 10), undefined);
  assert.equal(perSecond(undefined, 5, 10), undefined);
});

Deno.test("where no time has passed, or a clock went backwards, there is no rate", () => {
  for (const elapsed of [0, -1, NaN]) assert.equal(perSecond(300, 100, elapsed), undefined);
});

Deno.test("a part of the time is at most all of it", () => {
  assert.equal(percentOfTime(15, 10, 10), 50);
  assert.equal(percentOfTime(30, 10, 10), 100);
  assert.equal(percentOfTime(9, 10, 10), undefined);
});

Deno.test("no two readings give a rate that is negative, infinite or no number", () => {
  const any = fc.option(fc.double(), { nil: undefined });
  fc.assert(fc.property(any, any, fc.double(), (current, before, elapsed) => {
    const rate = perSecond(current, before, elapsed);
    assert.ok(rate === undefined || rate >= 0);
    const percent = percentOfTime(current, before, elapsed);
    assert.ok(percent === undefined || (percent >= 0 && percent <= 100));
  }));
});

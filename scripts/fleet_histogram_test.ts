import assert from "node:assert/strict";
import fc from "fast-check";
import { percentile } from "./bench_support.ts";
import { Histogram } from "./fleet_histogram.ts";

const spans = () => fc.array(fc.double({ min: 0.05, max: 1e6, noNaN: true }), { minLength: 1 });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

Deno.test("a percentile is the true one, or too long by 2 %", () => {
  fc.assert(fc.property(spans(), fc.constantFrom(0.01, 0.5, 0.9, 0.99, 1), (values, part) => {
    const wanted = percentile(values, part);
    const found = histogramOf(values).percentileMs(part) ?? Number.NaN;
    assert.ok(found >= wanted * (1 - 1e-9) && found <= wanted * 1.0201, `${found} for ${wanted}`);
  }));
});

Deno.test("what several processes have seen, merged, is what one would have seen", () => {
  fc.assert(fc.property(fc.array(spans(), { minLength: 1, maxLength: 5 }), (parts) => {
    const merged = new Histogram();
    for (const part of parts) merged.merge(JSON.parse(JSON.stringify(histogramOf(part).take())));
    const whole = histogramOf(parts.flat());
    assert.equal(merged.count, whole.count);
    assert.equal(merged.maxMs, whole.maxMs);
    for (const part of [0.1, 0.5, 0.99]) assert.equal(merged.percentileMs(part), whole.percentileMs(part));
  }));
});

Deno.test("what was taken is not told twice", () => {
  const histogram = histogramOf([1, 2]);
  assert.equal(histogram.take().maxMs, 2);
  assert.deepEqual(histogram.take(), { buckets: [], maxMs: 0 });
  assert.equal(histogram.percentileMs(0.5), null);
});

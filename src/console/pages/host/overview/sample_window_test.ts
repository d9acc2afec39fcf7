import assert from "node:assert/strict";
import fc from "fast-check";
import { SampleWindow } from "./sample_window.ts";

const CPU = "cpu.usage_percent";
const STEP_MS = 10_000;

function windowOf(values: readonly (number | null)[], spanMs = 3_600_000): SampleWindow {
  const timesMs = values.map((_, at) => at * STEP_MS);
  const toMs = values.length * STEP_MS;
  return new SampleWindow(
    { fromMs: 0, toMs, stepMs: STEP_MS, timesMs, series: [{ name: CPU, values: [...values] }] },
    spanMs,
  );
}

const row = (timeMs: number, cpu?: number) => ({ timeMs, values: cpu === undefined ? {} : { [CPU]: cpu } });

Deno.test("a live reading goes on where the manager's answer ends", () => {
  const window = windowOf([1, 2, null]);
  assert.deepEqual(window.timesMs, [0, 10_000]);
  assert.equal(window.append(row(20_400, 3)), true);
  assert.deepEqual(window.values(CPU), [1, 2, 3]);
  assert.deepEqual(window.timesMs, [0, 10_000, 20_000]);
});

Deno.test("readings of one step are shown as their mean", () => {
  const window = windowOf([1]);
  window.append(row(10_000, 2));
  window.append(row(12_000, 4));
  window.append(row(14_000, 6));
  assert.deepEqual(window.values(CPU), [1, 4]);
});

Deno.test("one missing step is bridged, more of them are a gap", () => {
  const bridged = windowOf([1]);
  bridged.append(row(20_000, 3));
  assert.deepEqual(bridged.values(CPU), [1, 1, 3]);
  const gap = windowOf([1]);
  gap.append(row(30_000, 3));
  assert.deepEqual(gap.values(CPU), [1, null, null, 3]);
});

Deno.test("gaps that the manager tells of stay gaps", () => {
  assert.deepEqual(windowOf([1, null, null, 2]).values(CPU), [1, null, null, 2]);
});

Deno.test("what is not measured is null and not 0, and what the manager does not know is nothing but null", () => {
  const window = windowOf([1]);
  window.append(row(10_000));
  window.append({ timeMs: 20_000, values: { [CPU]: NaN } });
  assert.deepEqual(window.values(CPU), [1, null, null]);
  assert.deepEqual(window.values("load.load1"), [null, null, null]);
  assert.deepEqual([window.has(CPU), window.has("load.load1")], [true, false]);
});

Deno.test("an older reading changes nothing", () => {
  const window = windowOf([1, 2, 3]);
  assert.equal(window.append(row(5_000, 9)), false);
  assert.equal(window.append(row(NaN, 9)), false);
  assert.deepEqual(window.values(CPU), [1, 2, 3]);
});

Deno.test("what is older than the span leaves, and a reading after a longer silence begins anew", () => {
  const window = windowOf([1, 2, 3], 30_000);
  window.append(row(30_000, 4));
  assert.deepEqual(window.timesMs, [10_000, 20_000, 30_000]);
  window.append(row(9_000_000, 5));
  assert.deepEqual([window.timesMs, window.values(CPU)], [[9_000_000], [5]]);
});

Deno.test("a reading is not called the present for ever", () => {
  const window = windowOf([1, 2]);
  assert.deepEqual([20_000, 40_000, 41_000].map((nowMs) => window.isSilentAt(nowMs)), [false, false, true]);
  assert.equal(windowOf([]).isSilentAt(0), true);
});

Deno.test("whatever arrives, times grow by the step and every column has one value for each", () => {
  const reading = fc.record({ timeMs: fc.integer({ min: 0, max: 2_000_000 }), cpu: fc.option(fc.double()) });
  fc.assert(fc.property(fc.array(fc.option(fc.double()), { maxLength: 40 }), fc.array(reading), (start, readings) => {
    const window = windowOf(start, 300_000);
    for (const { timeMs, cpu } of readings) window.append(row(timeMs, cpu ?? undefined));
    const { timesMs } = window;
    assert.equal(window.values(CPU).length, timesMs.length);
    for (let at = 1; at < timesMs.length; at++) assert.equal((timesMs[at] ?? 0) - (timesMs[at - 1] ?? 0), STEP_MS);
    if (readings.length > 0) assert.ok(timesMs.length <= Math.max(start.length, 300_000 / STEP_MS + 1));
  }));
});

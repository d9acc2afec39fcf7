import assert from "node:assert/strict";
import fc from "fast-check";
import type { ThresholdSpec } from "../spec/process_spec.ts";
import { type Crossing, judgeThresholds, NO_THRESHOLD_STATE } from "./threshold_policy.ts";

const SPEC: ThresholdSpec = {
  cpuPercent: 0,
  memoryBytes: 400_000_000,
  durationMs: 60_000,
  onThreshold: "event",
};
const MB = 1_000_000;

/** What is told when memory has these values, one each 10 s; null is a value that is missing. */
function told(megabytes: readonly (number | null)[], spec = SPEC, stepMs = 10_000): (Crossing & { index: number })[] {
  let state = NO_THRESHOLD_STATE;
  return megabytes.flatMap((value, index) => {
    const usage = value === null ? {} : { rssBytes: value * MB };
    const judged = judgeThresholds(state, usage, spec, 5_000 + index * stepMs);
    state = judged.state;
    return judged.crossings.map((crossing) => ({ ...crossing, index }));
  });
}

const times = (count: number, value: number | null) => Array.from({ length: count }, () => value);

Deno.test("too much is told once, when it has lasted", () => {
  assert.deepEqual(told(times(6, 512)), []);
  assert.deepEqual(told(times(100, 512)), [{
    what: "memory",
    kind: "exceeded",
    reason: "memory 512 MB is over 400 MB for 1m",
    index: 6,
  }]);
});

Deno.test("one value that is not too much begins the count anew", () => {
  assert.deepEqual(told([...times(6, 512), 400, ...times(6, 512)]), []);
});

Deno.test("it has ended when it was well below for as long, and is told once more", () => {
  const values = [...times(7, 512), ...times(20, 380), ...times(3, 300), ...times(20, 401), ...times(20, 359)];
  assert.deepEqual(told(values).map(({ kind, reason, index }) => [kind, reason, index]), [
    ["exceeded", "memory 512 MB is over 400 MB for 1m", 6],
    ["ended", "memory 359 MB is below 400 MB again for 1m", 56],
  ]);
});

Deno.test("a missing value neither confirms nor breaks, unless they are missing for too long", () => {
  const few = told([...times(3, 512), ...times(3, null), 512]);
  assert.deepEqual(few.map(({ index }) => index), [6]);
  const many = told([...times(3, 512), ...times(6, null), ...times(6, 512)]);
  assert.deepEqual(many, []);
  assert.deepEqual(told(times(100, null)), []);
  const lasting = told([...times(7, 512), ...times(50, null), ...times(3, 300), ...times(20, 512)]);
  assert.equal(lasting.length, 1);
});

Deno.test("measurements further apart than the duration are none that are missing", () => {
  assert.deepEqual(told([512, 512], { ...SPEC, durationMs: 5_000 }).map(({ index }) => index), [1]);
});

Deno.test("without a duration the first value counts", () => {
  const spec = { ...SPEC, cpuPercent: 80, durationMs: 0 };
  const { crossings } = judgeThresholds(NO_THRESHOLD_STATE, { cpuPercent: 123.45, rssBytes: 5e8 }, spec, 1);
  assert.deepEqual(crossings.map(({ reason }) => reason), [
    "cpu 123.5 % is over 80 %",
    "memory 500 MB is over 400 MB",
  ]);
});

Deno.test("a threshold that is taken away has ended; one that is off is never exceeded", () => {
  const off = { ...SPEC, memoryBytes: 0 };
  assert.deepEqual(told(times(100, 9_999), off), []);
  const spec = { ...SPEC, durationMs: 0 };
  const { state } = judgeThresholds(NO_THRESHOLD_STATE, { rssBytes: 5e8 }, spec, 1);
  const { crossings } = judgeThresholds(state, { rssBytes: 5e8 }, off, 2);
  assert.deepEqual(crossings, [{ what: "memory", kind: "ended", reason: "memory has no threshold any more" }]);
});

Deno.test("told in turns, never twice the same, and only of what has lasted", () => {
  const value = fc.option(fc.constantFrom(100, 350, 361, 399, 400, 401, 500, 600), { freq: 6 });
  const step = fc.integer({ min: 100, max: 70_000 });
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 120 }),
      step,
      fc.constantFrom(0, 5_000, 60_000),
      (values, stepMs, durationMs) => {
        const crossings = told(values, { ...SPEC, durationMs }, stepMs);
        for (const [at, { kind, index }] of crossings.entries()) {
          assert.equal(kind, at % 2 === 0 ? "exceeded" : "ended");
          const span = Math.ceil(durationMs / stepMs);
          const lasted = values.slice(Math.max(0, index - span), index + 1).filter((one) => one !== null);
          assert.ok(index >= span);
          for (const one of lasted) assert.ok(kind === "exceeded" ? one > 400 : one < 360, `${kind} with ${one}`);
        }
      },
    ),
  );
});

Deno.test("what lasts long enough is always told", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 50 }), (noise) => {
    const crossings = told([...noise, ...times(8, 401)]);
    assert.equal(crossings.at(-1)?.kind, "exceeded");
    assert.equal(told([...noise, ...times(8, 100)]).at(-1)?.kind ?? "ended", "ended");
  }));
});

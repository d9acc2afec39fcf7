import assert from "node:assert/strict";
import * as fc from "fast-check";
import { nextStep, type RotationLimits } from "./rotation_plan.ts";

const KIB = 1024;
const limitsArb = fc.record({
  maxBytes: fc.integer({ min: 64 * KIB, max: 1024 * KIB }),
  maxFiles: fc.integer({ min: 1, max: 8 }),
});

/** Does all steps; gives what is left in the file, and the lengths of the rotated ones, newest first. */
function run(sizeBytes: number, start: number, cutsHeads: boolean, limits: RotationLimits) {
  let [size, from] = [sizeBytes, start];
  const rotated: number[] = [];
  for (let steps = 0; steps < 100; steps++) {
    const step = nextStep({ sizeBytes: size, from, blockBytes: 4 * KIB, cutsHeads }, limits, false);
    if (step === null) return { live: size - from, rotated };
    if (step.kind === "drop" || step.kind === "drop-all") rotated.length = 0;
    if (step.kind === "copy") rotated.unshift(step.to - from);
    if (step.kind === "copy-all" && size > from) rotated.unshift(size - from);
    if (step.kind === "copy" || step.kind === "drop") {
      assert.ok(step.to > from && step.to <= size, "a step takes something, and no more than there is");
      if (cutsHeads) {
        assert.ok(step.to % (4 * KIB) === 0 && step.to < size, "what is cut off is of whole blocks, and not all");
      }
      from = step.to;
    } else {
      [size, from] = [0, 0];
    }
    rotated.splice(limits.maxFiles - 1);
  }
  throw new Error("It never ends");
}

Deno.test("a file within its limits is left alone", () => {
  const limits = { maxBytes: 100_000, maxFiles: 3 };
  const extent = { sizeBytes: 100_000, from: 0, blockBytes: 4_096, cutsHeads: true };
  assert.equal(nextStep(extent, limits, false), null);
  assert.deepEqual(nextStep({ ...extent, sizeBytes: 100_001 }, limits, false), { kind: "copy", to: 98_304 });
  assert.equal(nextStep({ ...extent, sizeBytes: 5_000_000, from: 4_900_000 }, limits, false), null);
});

Deno.test("a file that is old is rotated however short it is, but for what no file system cuts off", () => {
  const limits = { maxBytes: 100_000, maxFiles: 3 };
  const extent = { sizeBytes: 9_000, from: 0, blockBytes: 4_096, cutsHeads: true };
  assert.deepEqual(nextStep(extent, limits, true), { kind: "copy", to: 8_192 });
  assert.equal(nextStep({ ...extent, sizeBytes: 4_096 }, limits, true), null);
  assert.equal(nextStep({ ...extent, sizeBytes: 0 }, limits, true), null);
  assert.deepEqual(nextStep({ ...extent, sizeBytes: 10, cutsHeads: false }, limits, true), { kind: "copy-all" });
});

Deno.test("half of the only file stays when it is shortened", () => {
  const limits = { maxBytes: 64 * KIB, maxFiles: 1 };
  const extent = { sizeBytes: 65 * KIB, from: 0, blockBytes: 4 * KIB, cutsHeads: true };
  assert.deepEqual(nextStep(extent, limits, false), { kind: "drop", to: 32 * KIB });
});

Deno.test("whatever was written at once, what is kept afterwards is within the limits", () => {
  fc.assert(
    fc.property(fc.nat(40_000 * KIB), fc.nat(1_000), fc.boolean(), limitsArb, (size, blocks, cutsHeads, limits) => {
      const { live, rotated } = run(size, Math.min(size, blocks * 4 * KIB), cutsHeads, limits);
      assert.ok(live <= limits.maxBytes);
      assert.ok(rotated.length < limits.maxFiles);
      for (const length of rotated) assert.ok(length <= limits.maxBytes * (cutsHeads ? 1 : 2));
    }),
  );
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Recent } from "./recent.ts";

Deno.test("what happens again under the same key stands there once, as the latest", () => {
  const recent = new Recent<string>(10);
  for (const [key, value] of [["a", "1"], ["b", "1"], ["a", "2"]] as const) recent.put(key, value);
  assert.deepEqual([...recent.after(0)].map(({ value }) => value), ["1", "2"]);
  assert.deepEqual([...recent.after(2)].map(({ value }) => value), ["2"]);
  assert.deepEqual([...recent.after(3)], []);
});

Deno.test("nobody misses something without its being said", () => {
  const steps = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d", "e"), fc.boolean()), { maxLength: 60 });
  fc.assert(fc.property(steps, fc.integer({ min: 1, max: 4 }), (all, max) => {
    const recent = new Recent<number>(max);
    let told = 0;
    const known = new Map<string, number>();
    const real = new Map<string, number>();
    let wasWarned = false;
    all.forEach(([key, reads], at) => {
      recent.put(key, at);
      real.set(key, at);
      if (!reads) return;
      wasWarned ||= recent.hasForgottenAfter(told);
      for (const { value } of recent.after(told)) known.set(all[value]?.[0] ?? "", value);
      told = recent.last;
      if (!wasWarned) assert.deepEqual(known, new Map([...real].filter(([name]) => known.has(name))));
      if (!wasWarned) assert.equal(known.size, real.size);
    });
    assert.ok([...recent.after(0)].length <= max);
  }));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { newSince } from "./overlap.ts";

Deno.test("only what comes after what was seen is new", () => {
  assert.deepEqual(newSince(["a", "b", "c"], ["b", "c", "d"]), { from: 2, hasGap: false });
  assert.deepEqual(newSince(["a", "b"], ["a", "b"]), { from: 2, hasGap: false });
  assert.deepEqual(newSince(["b"], ["a", "b", "c"]), { from: 2, hasGap: false });
});

Deno.test("nothing seen: all is new; no overlap: something may be missing", () => {
  assert.deepEqual(newSince([], ["a"]), { from: 0, hasGap: false });
  assert.deepEqual(newSince(["a"], ["x", "y"]), { from: 0, hasGap: true });
  assert.deepEqual(newSince(["a"], []), { from: 0, hasGap: false });
});

Deno.test("of lines that all differ none is lost and none doubled, wherever the break was", () => {
  fc.assert(fc.property(
    fc.nat({ max: 60 }),
    fc.nat({ max: 60 }),
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 1, max: 30 }),
    (before, after, kept, asked) => {
      const all = Array.from({ length: before + after }, (_, index) => `line ${index}`);
      const seen = all.slice(0, before);
      const backlog = all.slice(-asked);
      const { from, hasGap } = newSince(seen.slice(-kept), backlog);
      const shown = [...seen, ...backlog.slice(from)];
      const isMissing = after > asked && before > 0 || after === asked && before > 0 && backlog.length > 0;
      if (hasGap) assert.ok(isMissing);
      else if (all.length > 0 && before > 0) assert.deepEqual(shown, all);
    },
  ));
});

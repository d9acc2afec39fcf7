import assert from "node:assert/strict";
import fc from "fast-check";
import { fittingChips } from "./labels_fit.ts";

Deno.test("as many chips are shown as fit, with the count of the rest", () => {
  assert.equal(fittingChips([70, 60], 2, 134), 2, "both, and no count");
  assert.equal(fittingChips([70, 60], 2, 133), 1);
  assert.equal(fittingChips([70, 60], 3, 134), 1, "the third needs its count");
  assert.equal(fittingChips([70, 60], 3, 170), 2);
});

Deno.test("one is shown however little room there is, and none needs none", () => {
  assert.equal(fittingChips([300], 4, 100), 1);
  assert.equal(fittingChips([], 0, 100), 1);
});

Deno.test("what is shown fits, unless it is one alone", () => {
  const widths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(widths, fc.nat(5), fc.nat(1_000), (all, more, room) => {
    const shown = fittingChips(all, all.length + more, room);
    const used = all.slice(0, shown).reduce((sum, width) => sum + width + 4, -4);
    assert.ok(shown === 1 || used <= room);
    assert.ok(shown >= 1 && shown <= all.length);
  }));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Liveness, look, periodOf } from "./liveness.ts";

/** Looks at a link that is last heard of at 0, every half period, until it is given up; how often it was asked, and when. */
function silent(periodMs: number, offsetMs: number): { asked: number; deadMs: number } {
  let state: Liveness = { heardAtMs: 0, missed: 0 };
  let asked = 0;
  for (let nowMs = offsetMs;; nowMs += periodMs / 2) {
    const { next, verdict } = look(state, 0, nowMs, periodMs);
    state = next;
    if (verdict === "dead") return { asked, deadMs: nowMs };
    if (verdict === "ask") asked++;
  }
}

Deno.test("property: a dead link is given up after three questions, within three periods", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 60_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (period, at) => {
      const { asked, deadMs } = silent(period, at * period / 2);
      assert.equal(asked, 3);
      assert.ok(deadMs <= 3 * period, `${deadMs} of ${period}`);
    }),
  );
});

Deno.test("a link that is heard of is not asked, and one answer makes up for what was missed", () => {
  assert.equal(look({ heardAtMs: 0, missed: 0 }, 0, 999, 1_000).verdict, "fine");
  const asked = look({ heardAtMs: 0, missed: 2 }, 0, 2_000, 1_000);
  assert.deepEqual(asked, { next: { heardAtMs: 0, missed: 3 }, verdict: "ask" });
  assert.deepEqual(look(asked.next, 2_100, 2_500, 1_000), { next: { heardAtMs: 2_100, missed: 0 }, verdict: "fine" });
});

Deno.test("who has slept for an hour asks before it gives up", () => {
  const { next, verdict } = look({ heardAtMs: 0, missed: 0 }, 0, 3_600_000, 10_000);
  assert.deepEqual([verdict, next.missed], ["ask", 1]);
});

Deno.test("however long the manager's interval is, a link is watched; however short, not at each moment", () => {
  assert.deepEqual([periodOf(10), periodOf(10_000), periodOf(3_600_000)], [1_000, 10_000, 30_000]);
});

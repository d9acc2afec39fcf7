import assert from "node:assert/strict";
import fc from "fast-check";
import { begun, ended, NO_TRIES, type Outcome, type ThrottleRule, type Tries, waitMs } from "./policy.ts";

const RULE: ThrottleRule = { free: 3, baseMs: 1_000, maxMs: 8_000, forgetMs: 60_000 };

function tried(before: Tries, outcome: Outcome, nowMs: number, isForgiving = true): Tries {
  return ended(begun(before, RULE, nowMs), outcome, RULE, nowMs, isForgiving);
}

Deno.test("the first failures cost nothing, then each doubles the wait up to the maximum", () => {
  let tries = NO_TRIES;
  let nowMs = 5;
  const waits = [];
  for (let i = 0; i < 8; i++) {
    tries = tried(tries, "failed", nowMs);
    waits.push(waitMs(tries, RULE, nowMs));
    nowMs += waitMs(tries, RULE, nowMs);
    assert.equal(waitMs(tries, RULE, nowMs), 0, "after its wait it is let in");
  }
  assert.deepEqual(waits, [0, 0, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
});

Deno.test("a success forgives where it may, and only there", () => {
  const failed = tried(tried(NO_TRIES, "failed", 0), "failed", 0);
  assert.equal(tried(failed, "succeeded", 0).failures, 0);
  assert.equal(tried(failed, "succeeded", 0, false).failures, 2);
});

Deno.test("all is forgotten so long after the last failure, whatever has succeeded since", () => {
  let tries = tried(tried(NO_TRIES, "failed", 0), "failed", 1_000);
  tries = tried(tries, "succeeded", 50_000, false);
  assert.equal(begun(tries, RULE, 60_999).failures, 2);
  assert.equal(begun(tries, RULE, 61_000).failures, 0);
});

Deno.test("tries that are made all at once are not more than the free ones", () => {
  let tries = NO_TRIES;
  let letIn = 0;
  for (let i = 0; i < 100; i++) {
    if (waitMs(tries, RULE, 0) > 0) continue;
    tries = begun(tries, RULE, 0);
    letIn++;
  }
  assert.equal(letIn, 3);
  for (let i = 0; i < 3; i++) tries = ended(tries, "failed", RULE, 0, true);
  assert.equal(waitMs(tries, RULE, 0), 1_000);
  assert.equal(waitMs(begun(tries, RULE, 1_000), RULE, 1_000), 1_000, "then one at a time");
});

Deno.test("what was abandoned counts for nothing", () => {
  assert.deepEqual(tried(NO_TRIES, "abandoned", 7), NO_TRIES);
});

Deno.test("whatever happens, no wait is longer than the maximum and nothing goes below zero", () => {
  const step = fc.record({
    passedMs: fc.nat(100_000),
    isBegin: fc.boolean(),
    outcome: fc.constantFrom<Outcome>("failed", "succeeded", "abandoned"),
    isForgiving: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    let [tries, nowMs] = [NO_TRIES, 0];
    for (const { passedMs, isBegin, outcome, isForgiving } of steps) {
      nowMs += passedMs;
      tries = isBegin ? begun(tries, RULE, nowMs) : ended(tries, outcome, RULE, nowMs, isForgiving);
      assert.ok(tries.underWay >= 0 && tries.failures >= 0);
      assert.ok(waitMs(tries, RULE, nowMs) <= RULE.maxMs);
      if (tries.failures + tries.underWay < RULE.free) assert.equal(waitMs(tries, RULE, nowMs), 0);
      if (tries.underWay === 0) assert.equal(waitMs(tries, RULE, nowMs + RULE.maxMs), 0);
    }
  }));
});

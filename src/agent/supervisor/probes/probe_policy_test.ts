import assert from "node:assert/strict";
import fc from "fast-check";
import { afterTry, FIRST_STATE, type ProbePolicy, type ProbeState } from "./probe_policy.ts";

/** What changes at which try: "2 good" says that the second of them made it good. */
function changes(tries: string, policy: Partial<ProbePolicy> = {}): string[] {
  const whole = { successThreshold: 1, failureThreshold: 3, graceEndsMs: 0, ...policy };
  let state = FIRST_STATE;
  return [...tries].flatMap((letter, at) => {
    const step = afterTry(state, { ok: letter === "+", reason: "r" }, at, whole);
    state = step.state;
    return step.change === null ? [] : [`${at + 1} ${step.change}`];
  });
}

Deno.test("so many successes in a row make it good, so many failures in a row make it bad, and only changes are told", () => {
  assert.deepEqual(changes("+++"), ["1 good"]);
  assert.deepEqual(changes("-----"), ["3 bad"]);
  assert.deepEqual(changes("+--+--+---+"), ["1 good", "10 bad", "11 good"]);
  assert.deepEqual(changes("+-++", { successThreshold: 2 }), ["4 good"]);
  assert.deepEqual(changes("-", { failureThreshold: 1 }), ["1 bad"]);
});

Deno.test("failures do not count within the start period, but successes do", () => {
  assert.deepEqual(changes("-------", { graceEndsMs: 4 }), ["7 bad"]);
  assert.deepEqual(changes("-+-----", { graceEndsMs: 4 }), ["2 good", "7 bad"]);
  assert.deepEqual(changes("+-+", { graceEndsMs: 9, successThreshold: 2 }), []);
});

Deno.test("a change says how often it took, where more than once", () => {
  const policy = { successThreshold: 1, failureThreshold: 2, graceEndsMs: 0 };
  const bad = afterTry({ result: "good", successes: 0, failures: 1 }, { ok: false, reason: "refused" }, 0, policy);
  assert.equal(bad.reason, "refused, 2 times in a row");
  assert.equal(afterTry(bad.state, { ok: true, reason: "answered" }, 0, policy).reason, "answered");
});

Deno.test("property: the result is that of the last row that was long enough, and changes are what they say", () => {
  const policies = fc.record({
    successThreshold: fc.integer({ min: 1, max: 4 }),
    failureThreshold: fc.integer({ min: 1, max: 4 }),
    graceEndsMs: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(fc.property(policies, fc.array(fc.boolean(), { maxLength: 30 }), (policy, tries) => {
    let state: ProbeState = FIRST_STATE;
    let expected: ProbeState["result"] = "waiting";
    let [good, bad] = [0, 0];
    for (const [at, ok] of tries.entries()) {
      const step = afterTry(state, { ok, reason: "r" }, at, policy);
      [good, bad] = ok ? [good + 1, 0] : [0, bad + (at < policy.graceEndsMs ? 0 : 1)];
      const before: ProbeState["result"] = expected;
      if (good >= policy.successThreshold) expected = "good";
      if (bad >= policy.failureThreshold) expected = "bad";
      assert.equal(step.state.result, expected);
      assert.equal(step.change, expected === before ? null : expected);
      assert.ok(step.state.successes <= policy.successThreshold && step.state.failures <= policy.failureThreshold);
      state = step.state;
    }
  }));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import type { RestartSpec } from "../spec/process_spec.ts";
import { backoffMs, decideRestart, exitText, NO_RESTARTS, type RestartCause, type RestartFacts } from "./restart.ts";

const SPEC: RestartSpec = {
  policy: "always",
  maxRetries: 3,
  retryWindowMs: 600_000,
  backoffBaseMs: 1_000,
  backoffMaxMs: 8_000,
  stableAfterMs: 60_000,
};
const facts = (over: Partial<RestartFacts> = {}, spec: Partial<RestartSpec> = {}): RestartFacts => ({
  kind: "service",
  ranMs: 10,
  nowMs: 1_000_000,
  random: 0,
  ...over,
  spec: { ...SPEC, ...spec },
});
const exit = (code: number): RestartCause => ({ kind: "exit", exit: { code } });
const UNKNOWN: RestartCause = { kind: "exit", exit: {} };

Deno.test("the first restart is at once, the next ones wait twice as long each, up to the maximum", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 1_000_000].map((inARow) => backoffMs(SPEC, inARow, 0));
  assert.deepEqual(waits, [0, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]);
  assert.equal(backoffMs(SPEC, 2, 1), 1_500);
});

Deno.test("so many restarts within the window are enough, older ones do not count", () => {
  let history = NO_RESTARTS;
  for (let i = 0; i < 3; i++) {
    const decision = decideRestart(history, exit(1), facts({ nowMs: 1_000_000 + i }));
    assert.equal(decision.then, "restart");
    history = decision.history;
  }
  const enough = decideRestart(history, exit(1), facts({ nowMs: 1_000_003 }));
  assert.equal(enough.then, "failed");
  assert.equal(enough.reason, "ended with exit code 1; 3 restarts within 10m are enough");
  const later = decideRestart(history, exit(1), facts({ nowMs: 1_600_001 }));
  assert.equal(later.then, "restart");
  assert.equal(later.history.times.length, 2);
});

Deno.test("after a stable run the wait begins anew, but the restarts of the window still count", () => {
  const history = { times: [999_000, 999_500], inARow: 2 };
  const decision = decideRestart(history, exit(1), facts({ ranMs: 60_000 }));
  assert.ok(decision.then === "restart");
  assert.equal(decision.waitMs, 0);
  assert.deepEqual(decision.history, { times: [999_000, 999_500, 1_000_000], inARow: 1 });
});

const TABLE: readonly (readonly [RestartFacts["kind"], RestartSpec["policy"], RestartCause, string])[] = [
  ["service", "always", exit(0), "restart"],
  ["service", "always", exit(1), "restart"],
  ["service", "on-failure", exit(0), "stopped"],
  ["service", "on-failure", exit(1), "restart"],
  ["service", "on-failure", UNKNOWN, "restart"],
  ["service", "never", exit(0), "stopped"],
  ["service", "never", exit(1), "failed"],
  ["service", "never", UNKNOWN, "failed"],
  ["service", "never", { kind: "launch", reason: "no such program" }, "failed"],
  ["service", "on-failure", { kind: "sick", reason: "does not answer" }, "restart"],
  ["oneshot", "always", exit(0), "stopped"],
  ["oneshot", "always", exit(2), "restart"],
  ["oneshot", "always", UNKNOWN, "failed"],
  ["oneshot", "never", exit(2), "failed"],
];
for (const [kind, policy, cause, then] of TABLE) {
  Deno.test(`a ${kind} with ${policy} after ${JSON.stringify(cause)}: ${then}`, () => {
    assert.equal(decideRestart(NO_RESTARTS, cause, facts({ kind }, { policy })).then, then);
  });
}

Deno.test("whatever happens, waits are within their limits and the memory of restarts is bounded", () => {
  const step = fc.record({
    ranMs: fc.nat(100_000),
    passedMs: fc.nat(1_000_000),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
    code: fc.nat(3),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), fc.nat(5), (steps, maxRetries) => {
    let [history, nowMs] = [NO_RESTARTS, 0];
    for (const { ranMs, passedMs, random, code } of steps) {
      nowMs += passedMs;
      const decision = decideRestart(history, exit(code), facts({ ranMs, nowMs, random }, { maxRetries }));
      history = decision.history;
      assert.ok(history.times.length <= maxRetries);
      assert.ok(decision.reason.length > 0);
      if (decision.then === "restart") assert.ok(decision.waitMs >= 0 && decision.waitMs <= SPEC.backoffMaxMs);
      else assert.ok(maxRetries > 0);
    }
  }));
});

Deno.test("an end is told with signal and core dump, and as unknown when nobody saw it", () => {
  assert.equal(exitText({ signal: "SIGSEGV", coreDumped: true }), "ended by SIGSEGV, core dumped");
  assert.equal(exitText({ signal: "SIGKILL", coreDumped: false }), "ended by SIGKILL");
  assert.equal(exitText({ code: 3 }), "ended with exit code 3");
  assert.equal(exitText({}), "ended; how could not be observed");
});

import assert from "node:assert/strict";
import { systemClock } from "./clock.ts";

/** The sanitizers fail a test that leaves a timer behind; the runtime's default may be off. */
const strict = { sanitizeOps: true, sanitizeResources: true };

Deno.test("systemClock: sleeps at least as long as asked", strict, async () => {
  const beforeMs = systemClock.monotonicMs();
  await systemClock.sleep(20);
  assert.ok(systemClock.monotonicMs() - beforeMs >= 19);
});

Deno.test("systemClock: an abort ends a sleep with its reason and leaves no timer", strict, async () => {
  const controller = new AbortController();
  const slept = systemClock.sleep(3_600_000, controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  await assert.rejects(slept, reason);
});

Deno.test("systemClock: does not begin to sleep when the signal is aborted already", strict, async () => {
  const reason = new Error("enough");
  await assert.rejects(systemClock.sleep(3_600_000, AbortSignal.abort(reason)), reason);
});

Deno.test("systemClock: a sleep longer than a runtime timer can hold does not end at once", strict, async () => {
  const controller = new AbortController();
  const slept = systemClock.sleep(2 ** 31 + 5, controller.signal);
  const first = await Promise.race([slept.then(() => "woke"), systemClock.sleep(50).then(() => "asleep")]);
  assert.equal(first, "asleep");
  controller.abort();
  await assert.rejects(slept, { name: "AbortError" });
});

Deno.test("systemClock: tells the time", () => {
  assert.ok(Math.abs(systemClock.nowMs() - Date.now()) < 1_000);
  const firstMs = systemClock.monotonicMs();
  assert.ok(systemClock.monotonicMs() >= firstMs);
});

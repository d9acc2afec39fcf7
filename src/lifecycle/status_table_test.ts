import assert from "node:assert/strict";
import { settle } from "../../tests/helpers/fake_clock.ts";
import { lifecycleBench, never, rejection } from "../../tests/helpers/lifecycle_bench.ts";
import type { ComponentStatus } from "./component.ts";

const { signal } = new AbortController();

Deno.test("lifecycle: components report on themselves, and changes are logged and announced once", async () => {
  const { lifecycle, add, clock, logged, states } = lifecycleBench();
  add("db");
  const seen: ComponentStatus[] = [];
  await lifecycle.start(signal);
  const unsubscribe = lifecycle.onChange((status) => seen.push(status));
  const sinceMs = clock.nowMs() + 1_000;
  await clock.advance(1_000);
  for (let index = 0; index < 3; index++) lifecycle.report("db", "degraded", "slow");
  assert.equal(lifecycle.overall(), "degraded");
  await clock.advance(1_000);
  lifecycle.report("db", "degraded", "slower");
  assert.deepEqual(lifecycle.status(), [{ name: "db", state: "degraded", sinceMs, reason: "slower" }]);
  lifecycle.report("db", "failed", "dead");
  assert.equal(lifecycle.overall(), "failed");
  lifecycle.report("db", "ok");
  assert.deepEqual(lifecycle.status(), [{ name: "db", state: "ok", sinceMs: sinceMs + 1_000 }]);
  assert.deepEqual(seen.map(({ state, reason }) => `${state} ${reason}`), [
    "degraded slow",
    "degraded slower",
    "failed dead",
    "ok undefined",
  ]);
  assert.deepEqual(logged().slice(1), [
    "warn component degraded db",
    "error component failed db",
    "info component recovered db",
  ]);
  unsubscribe();
  await lifecycle.stop();
  lifecycle.report("db", "failed", "too late");
  assert.deepEqual([states(), seen.length], [{ db: "stopped" }, 4]);
  assert.throws(() => lifecycle.report("nobody", "ok"), { code: "not_found" });
});

Deno.test("lifecycle: what a component says of itself during its start counts from the end of it", async () => {
  const { lifecycle, add, states } = lifecycleBench();
  add("db", [], { start: () => Promise.resolve(lifecycle.report("db", "degraded", "cold")) });
  await lifecycle.start(signal);
  assert.deepEqual(states(), { db: "degraded" });
  await lifecycle.stop();
});

Deno.test("lifecycle: a listener that throws harms nobody", async () => {
  const { lifecycle, add, logged } = lifecycleBench();
  add("db");
  lifecycle.onChange(() => {
    throw new Error("listener");
  });
  await lifecycle.start(signal);
  await lifecycle.stop();
  assert.ok(logged().includes("error status listener failed db"));
});

Deno.test("lifecycle: ready waits until everything is ok or degraded", async () => {
  const { lifecycle, add, clock } = lifecycleBench();
  add("db", [], { start: () => clock.sleep(100) });
  let ready = false;
  const readiness = lifecycle.ready(signal).then(() => ready = true);
  const started = lifecycle.start(signal);
  await clock.advance(99);
  assert.equal(ready, false);
  await clock.advance(1);
  await Promise.all([readiness, started]);

  lifecycle.report("db", "failed", "dead");
  ready = false;
  const again = lifecycle.ready(signal).then(() => ready = true);
  await settle();
  assert.equal(ready, false);
  lifecycle.report("db", "degraded", "limping");
  await again;

  lifecycle.report("db", "failed", "dead");
  const controller = new AbortController();
  const impatient = lifecycle.ready(controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(impatient, { message: "enough" });
  const tooLate = rejection(lifecycle.ready(signal), "unavailable");
  await lifecycle.stop();
  await tooLate;
  await rejection(lifecycle.ready(signal), "unavailable");
});

Deno.test("lifecycle: settled lets a component that stops last tell how the others ended", async () => {
  const { lifecycle, add, clock } = lifecycleBench({ stopTimeoutMs: 1_000 });
  add("control");
  add("good", ["control"], { stop: () => clock.sleep(100) });
  add("bad", ["control"], { stop: () => Promise.reject(new Error("disk gone")) });
  add("stuck", ["control"], { stop: never });
  await lifecycle.start(signal);
  lifecycle.report("good", "failed", "dead, but still running");
  const settled = lifecycle.settled(["good", "bad", "stuck"], signal);
  const early = await Promise.race([settled.then(() => "settled"), settle().then(() => "waiting")]);
  assert.equal(early, "waiting", "what has failed while running has not stopped");
  const stopped = lifecycle.stop();
  await clock.advance(2_000);
  assert.deepEqual((await settled).map(({ name, state, reason }) => [name, state, reason]), [
    ["good", "stopped", undefined],
    ["bad", "failed", "disk gone"],
    ["stuck", "failed", "did not stop within 1s"],
  ]);
  await stopped;
  await rejection(lifecycle.settled(["nobody"], signal), "not_found");
});

Deno.test("lifecycle: settled ends with its signal", async () => {
  const { lifecycle, add } = lifecycleBench();
  add("db");
  await lifecycle.start(signal);
  const controller = new AbortController();
  const settled = lifecycle.settled(["db"], controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(settled, { message: "enough" });
  await lifecycle.stop();
});

import assert from "node:assert/strict";
import { settle } from "../../tests/helpers/fake_clock.ts";
import { lifecycleBench, never, rejection, untilAborted } from "../../tests/helpers/lifecycle_bench.ts";
import { AppError, systemClock } from "../core/mod.ts";
import { createLifecycle } from "./lifecycle.ts";

/** The sanitizers fail a test that leaves a timer behind; the runtime's default may be off. */
const strict = { sanitizeOps: true, sanitizeResources: true };
const { signal } = new AbortController();

Deno.test("lifecycle: stop cancels a start in progress", async () => {
  const { lifecycle, calls, add, states } = lifecycleBench();
  add("db");
  add("slow", ["db"], { start: untilAborted });
  add("web", ["slow"]);
  const started = rejection(lifecycle.start(signal), "cancelled");
  await settle();
  const report = await lifecycle.stop();
  await started;
  assert.deepEqual(report.stopped, ["slow", "db"]);
  assert.deepEqual(calls, ["start db", "start slow", "stop slow", "stop db"]);
  assert.deepEqual(states(), { db: "stopped", slow: "stopped", web: "stopped" });
});

Deno.test("lifecycle: a component may ask for the stop within its own start", async () => {
  const { lifecycle, calls, add } = lifecycleBench();
  add("fatal", [], { start: () => Promise.resolve(void lifecycle.stop()) });
  add("web", ["fatal"]);
  await rejection(lifecycle.start(signal), "cancelled");
  assert.deepEqual(calls, ["start fatal", "stop fatal"]);
});

Deno.test("lifecycle: stop without start, and stop twice", async () => {
  const { lifecycle, calls, add } = lifecycleBench();
  add("db");
  const [first, second] = await Promise.all([lifecycle.stop(), lifecycle.stop()]);
  assert.equal(first, second);
  assert.equal(await lifecycle.stop(), first);
  assert.deepEqual([first.stopped, calls], [[], []]);
  assert.deepEqual(await lifecycle.settled(["db"], signal), lifecycle.status());
});

Deno.test("lifecycle: independent components stop at the same time", async () => {
  const { lifecycle, add, clock } = lifecycleBench();
  for (const name of ["a", "b", "c"]) add(name, [], { stop: () => clock.sleep(1_000) });
  await lifecycle.start(signal);
  const stopped = lifecycle.stop();
  await clock.advance(1_000);
  assert.equal((await stopped).durationMs, 1_000);
});

Deno.test("lifecycle: what does not stop is named and left behind, and what it stood on is stopped", async () => {
  const { lifecycle, calls, add, clock, states, logged } = lifecycleBench({ stopTimeoutMs: 5_000 });
  let seen: unknown;
  add("db");
  add("stuck", ["db"], {
    stop: (signal) => {
      signal.addEventListener("abort", () => seen = signal.reason);
      return never();
    },
  });
  add("web", ["stuck"]);
  add("other", ["db"]);
  await lifecycle.start(signal);
  const stopped = lifecycle.stop();
  await clock.advance(4_999);
  assert.deepEqual(states(), { db: "ok", stuck: "stopping", web: "stopped", other: "stopped" });
  assert.equal(lifecycle.overall(), "stopping");
  await clock.advance(1_000);
  const report = await stopped;
  assert.deepEqual([report.stuck, report.stopped], [["stuck"], ["web", "other", "db"]]);
  assert.ok(seen instanceof AppError && seen.code === "timeout");
  assert.equal(calls.at(-1), "stop db");
  const status = lifecycle.status().find(({ name }) => name === "stuck");
  assert.deepEqual([status?.state, status?.reason], ["failed", "did not stop within 5s"]);
  assert.equal(lifecycle.overall(), "failed");
  assert.ok(logged().includes("error component did not stop in time stuck"));
  assert.equal(clock.sleeping, 0);
});

Deno.test("lifecycle: what ends roughly when its signal aborts has stopped", async () => {
  const { lifecycle, add, clock } = lifecycleBench({ stopTimeoutMs: 5_000 });
  add("slow", [], { stop: (signal) => untilAborted(signal).catch(() => clock.sleep(100)) });
  await lifecycle.start(signal);
  const stopped = lifecycle.stop();
  await clock.advance(6_000);
  assert.deepEqual(await stopped, { stopped: ["slow"], stuck: [], failed: [], durationMs: 5_100 });
});

Deno.test("lifecycle: the deadline can be given, and brought forward by a later call, but not put off", async () => {
  const { lifecycle, add, clock } = lifecycleBench();
  add("stuck", [], { stop: never });
  await lifecycle.start(signal);
  const stopped = lifecycle.stop({ timeoutMs: 10_000 });
  lifecycle.stop({ timeoutMs: 60_000 });
  lifecycle.stop();
  await clock.advance(1_000);
  lifecycle.stop({ timeoutMs: 500 });
  await clock.advance(700);
  assert.equal((await stopped).durationMs, 1_700);
  assert.equal(lifecycle.status()[0]?.reason, "did not stop within 500ms");
  assert.equal(clock.sleeping, 0);
});

Deno.test("lifecycle: a failing stop is reported and does not keep the rest from stopping", async () => {
  const { lifecycle, calls, add, states } = lifecycleBench();
  const error = new Error("disk gone");
  add("db");
  add("web", ["db"], { stop: () => Promise.reject(error) });
  await lifecycle.start(signal);
  const report = await lifecycle.stop();
  assert.deepEqual([report.failed, report.stopped], [[{ name: "web", error }], ["db"]]);
  assert.deepEqual(states(), { db: "stopped", web: "failed" });
  assert.equal(calls.at(-1), "stop db");
});

Deno.test("lifecycle: a start that does not heed its signal is given up at the deadline", async () => {
  const { lifecycle, calls, add, clock } = lifecycleBench({ stopTimeoutMs: 1_000 });
  add("db");
  add("deaf", ["db"], { start: never });
  add("bad", [], { start: () => clock.sleep(10).then(() => Promise.reject(new Error("bad luck"))) });
  const started = rejection(lifecycle.start(signal), "internal");
  await clock.advance(2_000);
  assert.match((await started).message, /"bad"/);
  assert.deepEqual(calls.slice(3), ["stop bad", "stop deaf", "stop db"]);
  assert.deepEqual((await lifecycle.stop()).stuck, ["deaf"]);
  assert.equal(clock.sleeping, 0);
});

Deno.test("lifecycle: with real time and no logger, nothing is left behind", strict, async () => {
  const lifecycle = createLifecycle({ clock: systemClock });
  lifecycle.register({ name: "db", start: () => Promise.resolve(), stop: () => Promise.resolve() });
  lifecycle.register({ name: "stuck", dependsOn: ["db"], start: () => Promise.resolve(), stop: never });
  await lifecycle.start(signal);
  const report = await lifecycle.stop({ timeoutMs: 1 });
  assert.deepEqual([report.stuck, report.stopped], [["stuck"], ["db"]]);
});

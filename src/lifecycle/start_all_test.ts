import assert from "node:assert/strict";
import { settle } from "../../tests/helpers/fake_clock.ts";
import { lifecycleBench, rejection, untilAborted } from "../../tests/helpers/lifecycle_bench.ts";
import { AppError } from "../core/mod.ts";

const { signal } = new AbortController();

Deno.test("lifecycle: starts in dependency order and stops in reverse", async () => {
  const { lifecycle, calls, add, states, clock, logged } = lifecycleBench();
  add("web", ["api"]);
  add("api", ["db"]);
  add("db");
  assert.equal(lifecycle.overall(), "stopped");
  await lifecycle.start(signal);
  assert.equal(lifecycle.overall(), "ok");
  assert.deepEqual(lifecycle.status().map(({ name }) => name), ["db", "api", "web"]);
  const report = await lifecycle.stop();
  assert.deepEqual(calls, ["start db", "start api", "start web", "stop web", "stop api", "stop db"]);
  assert.deepEqual(report, { stopped: ["web", "api", "db"], stuck: [], failed: [], durationMs: 0 });
  assert.deepEqual(states(), { db: "stopped", api: "stopped", web: "stopped" });
  assert.equal(lifecycle.overall(), "stopped");
  assert.equal(clock.sleeping, 0);
  const lines = ["db", "api", "web"].map((name) => `info component started ${name}`);
  assert.deepEqual(logged(), [...lines, ...["web", "api", "db"].map((name) => `info component stopped ${name}`)]);
});

Deno.test("lifecycle: a component waits for its own dependencies only", async () => {
  const { lifecycle, calls, add, states, clock } = lifecycleBench();
  add("slow", [], { start: () => clock.sleep(5_000) });
  add("quick");
  add("on-quick", ["quick"], { start: () => clock.sleep(1) });
  add("on-both", ["slow", "on-quick"]);
  const started = lifecycle.start(signal);
  await clock.advance(100);
  assert.deepEqual(calls, ["start slow", "start quick", "start on-quick"]);
  assert.deepEqual(states(), { slow: "starting", quick: "ok", "on-quick": "ok", "on-both": "starting" });
  assert.equal(lifecycle.status().at(-1)?.reason, "waiting for slow, on-quick");
  assert.equal(lifecycle.overall(), "starting");
  await clock.advance(5_000);
  await started;
});

Deno.test("lifecycle: refuses bad names, duplicates and late comers", async () => {
  const { lifecycle, add } = lifecycleBench();
  for (const name of ["", "A", "a_b", "a-", "-a", "a--b", "1a", "a b", "a\n"]) {
    assert.throws(() => add(name), { code: "invalid_input" }, JSON.stringify(name));
  }
  for (const name of ["a", "a1", "a-b2-c", "a-1"]) add(name);
  assert.throws(() => add("a"), { code: "conflict", message: /"a": there is one of that name/ });
  await lifecycle.start(signal);
  assert.throws(() => add("late"), { code: "conflict" });
  await rejection(lifecycle.start(signal), "conflict");
  await lifecycle.stop();
  await rejection(lifecycle.start(signal), "conflict");
});

Deno.test("lifecycle: a failed start stops everything, the failing one included, and names it", async () => {
  const { lifecycle, calls, add, states, logged } = lifecycleBench();
  const cause = new AppError("already_running", "Port 1 is taken", { retryable: true, details: { port: 1 } });
  add("db");
  add("api", ["db"], { start: () => Promise.reject(cause) });
  add("web", ["api"]);
  const readiness = rejection(lifecycle.ready(signal), "already_running");
  const error = await rejection(lifecycle.start(signal), "already_running");
  assert.equal(error.message, 'Component "api" failed to start: Port 1 is taken');
  assert.deepEqual([error.cause, error.retryable], [cause, true]);
  assert.deepEqual(error.details, { component: "api", details: { port: 1 }, others: [] });
  assert.equal((await readiness).message, error.message);
  assert.deepEqual(calls, ["start db", "start api", "stop api", "stop db"]);
  assert.deepEqual(states(), { db: "stopped", api: "failed", web: "stopped" });
  assert.equal(lifecycle.status().find(({ name }) => name === "web")?.reason, "not started");
  assert.equal(lifecycle.overall(), "failed");
  assert.equal(logged().filter((line) => line.startsWith("error")).length, 1, "a failure is logged once");
});

Deno.test("lifecycle: a failure aborts the other starts; only failures of their own count as such", async () => {
  const { lifecycle, add, states, logged } = lifecycleBench();
  add("bad", [], { start: () => Promise.reject(new AppError("internal", "bad luck")) });
  add("obedient", [], { start: untilAborted });
  add("sulky", [], { start: (signal) => untilAborted(signal).catch(() => Promise.reject(new Error("sulk"))) });
  add("deaf", [], { start: () => Promise.resolve() });
  const error = await rejection(lifecycle.start(signal), "internal");
  assert.match(error.message, /"bad".*bad luck/);
  assert.deepEqual(Object(error.details).others, [{ name: "sulky", message: "sulk" }]);
  assert.deepEqual(states(), { bad: "failed", obedient: "stopped", sulky: "failed", deaf: "stopped" });
  assert.deepEqual(logged().filter((line) => line.startsWith("error")).length, 2);
});

Deno.test("lifecycle: components that throw instead of rejecting are treated alike", async () => {
  const { lifecycle, add } = lifecycleBench();
  const boom = () => {
    throw new TypeError("boom");
  };
  add("rude", [], { start: boom, stop: boom });
  await rejection(lifecycle.start(signal), "internal");
  const report = await lifecycle.stop();
  assert.deepEqual(report.failed.map(({ name }) => name), ["rude"]);
});

Deno.test("lifecycle: the caller's signal cancels the start", async () => {
  const { lifecycle, calls, add, clock, logged } = lifecycleBench();
  const controller = new AbortController();
  add("db");
  add("slow", ["db"], { start: untilAborted });
  add("never", ["slow"]);
  const started = lifecycle.start(controller.signal);
  await settle();
  controller.abort(new Error("interrupted"));
  const error = await rejection(started, "cancelled");
  assert.equal(error.message, "The start was cancelled: interrupted");
  assert.deepEqual(calls, ["start db", "start slow", "stop slow", "stop db"]);
  assert.equal(clock.sleeping, 0);
  assert.ok(!logged().some((line) => line.startsWith("error")), "being cancelled is no failure");
});

Deno.test("lifecycle: with a signal aborted beforehand nothing is started", async () => {
  const { lifecycle, calls, add } = lifecycleBench();
  add("db");
  await rejection(lifecycle.start(AbortSignal.abort(new Error("no"))), "cancelled");
  assert.deepEqual(calls, []);
});

Deno.test("lifecycle: an abort after the start is over changes nothing", async () => {
  const { lifecycle, add } = lifecycleBench();
  const controller = new AbortController();
  let held: AbortSignal | undefined;
  add("db", [], { start: (signal) => Promise.resolve(void (held = signal)) });
  await lifecycle.start(controller.signal);
  controller.abort();
  assert.equal(held?.aborted, false);
  assert.equal(lifecycle.overall(), "ok");
  await lifecycle.stop();
});

Deno.test("lifecycle: start refuses a graph that cannot be ordered", async () => {
  const { lifecycle, add, calls } = lifecycleBench();
  add("a", ["b"]);
  add("b", ["a"]);
  assert.match((await rejection(lifecycle.start(signal), "invalid_input")).message, /a -> b -> a/);
  assert.deepEqual(calls, []);
});

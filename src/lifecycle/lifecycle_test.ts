import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock, settle } from "../../tests/helpers/fake_clock.ts";
import { never, untilAborted } from "../../tests/helpers/lifecycle_bench.ts";
import { AppError } from "../core/mod.ts";
import type { Component } from "./component.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";
import type { StopReport } from "./shutdown.ts";
import { LAST_CHANCE_MS } from "./waiting.ts";

type Manner = "well" | "fails" | "until aborted" | "deaf";
interface Part {
  readonly needs: readonly number[];
  readonly start: { readonly manner: Manner; readonly ms: number };
  readonly stop: { readonly manner: Manner; readonly ms: number };
}
interface Plan {
  readonly parts: readonly Part[];
  /** When stop is called, if that is not after the start. */
  readonly stopAtMs: number | undefined;
  readonly timeoutMs: number;
}

const STEP_MS = 100;
const step = (manners: readonly Manner[]) =>
  fc.record({ manner: fc.constantFrom(...manners), ms: fc.nat({ max: STEP_MS }) });
const START: readonly Manner[] = ["well", "well", "well", "well", "well", "well", "fails", "until aborted", "deaf"];
const STOP: readonly Manner[] = ["well", "well", "well", "well", "fails", "until aborted", "deaf"];

/** Each part needs some of those before it, so that every plan can be ordered; registration is in reverse. */
const anyPlan: fc.Arbitrary<Plan> = fc.record({
  parts: fc.array(
    fc.record({ needs: fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 3 }), start: step(START), stop: step(STOP) }),
    { maxLength: 7 },
  ).map((parts) => parts.map((part, index) => ({ ...part, needs: part.needs.filter((need) => need < index) }))),
  stopAtMs: fc.option(fc.nat({ max: 400 }), { nil: undefined }),
  timeoutMs: fc.integer({ min: 0, max: 1_000 }),
});

interface Entry {
  readonly atMs: number;
  readonly what: "start" | "up" | "start failed" | "stop" | "stop ended" | "stop called";
  readonly name: string;
}

async function behave({ manner, ms }: Part["start"], clock: FakeClock, signal: AbortSignal): Promise<void> {
  if (manner === "deaf") await never();
  if (manner === "until aborted" && !signal.aborted) await Promise.allSettled([untilAborted(signal)]);
  if (ms > 0) await clock.sleep(ms);
  if (manner === "fails") throw new AppError("conflict", "failed as planned");
}

/** A component that behaves as planned and writes down what happens to it. */
function component(
  index: number,
  part: Part,
  clock: FakeClock,
  log: (what: Entry["what"], name: string) => void,
): Component {
  const name = `c${index}`;
  return {
    name,
    dependsOn: part.needs.map((need) => `c${need}`),
    async start(signal) {
      log("start", name);
      try {
        await behave(part.start, clock, signal);
        if (part.start.manner === "until aborted") throw signal.reason;
        log("up", name);
      } catch (error) {
        log("start failed", name);
        throw error;
      }
    },
    async stop(signal) {
      log("stop", name);
      try {
        await behave(part.stop, clock, signal);
      } finally {
        log("stop ended", name);
      }
    },
  };
}

interface Run {
  readonly entries: readonly Entry[];
  readonly error: unknown;
  readonly report: StopReport;
  readonly lifecycle: Lifecycle;
  readonly clock: FakeClock;
}

async function carryOut(plan: Plan): Promise<Run> {
  const clock = new FakeClock();
  const entries: Entry[] = [];
  const log = (what: Entry["what"], name: string) => void entries.push({ atMs: clock.monotonicMs(), what, name });
  const lifecycle = createLifecycle({ clock, stopTimeoutMs: plan.timeoutMs });
  const parts = plan.parts.map((part, index) => component(index, part, clock, log));
  for (const part of parts.toReversed()) lifecycle.register(part);

  const started = lifecycle.start(new AbortController().signal).then(() => undefined, (error) => error);
  await clock.advance(plan.stopAtMs ?? 10_000);
  log("stop called", "");
  const stopping = lifecycle.stop();
  let report: StopReport | undefined;
  stopping.then((result) => report = result);
  for (await settle(); report === undefined; await settle()) {
    const dueMs = clock.nextDueInMs;
    assert.ok(dueMs !== undefined, "the stop waits for something that never comes");
    await clock.advance(dueMs);
  }
  return { entries, error: await started, report, lifecycle, clock };
}

const names = (entries: readonly Entry[], what: Entry["what"]) =>
  entries.filter((entry) => entry.what === what).map(({ name }) => name);

function check(plan: Plan, run: Run): void {
  const { entries, report } = run;
  const indexOf = (what: Entry["what"], name: string) =>
    entries.findIndex((entry) => entry.what === what && entry.name === name);
  const started = names(entries, "start");
  const partOf = (name: string) => plan.parts[Number(name.slice(1))] ?? assert.fail(name);

  // Start: in dependency order, at once when the last dependency is up, and none after a failure or a stop.
  const givenUpAt = entries.findIndex(({ what, name }) =>
    what === "stop called" || (what === "start failed" && partOf(name).start.manner === "fails")
  );
  for (const name of started) {
    const at = indexOf("start", name);
    assert.ok(at < givenUpAt, `${name} was started although the start had been given up`);
    const ups = partOf(name).needs.map((need) => entries[indexOf("up", `c${need}`)]);
    for (const up of ups) assert.ok(up !== undefined && entries.indexOf(up) < at, `${name} was started too early`);
    assert.equal(entries[at]?.atMs, Math.max(0, ...ups.map((up) => up?.atMs ?? NaN)), `${name} was started too late`);
  }
  // Stop: everything that was started, once, after all that stand on it have ended or were given up.
  assert.deepEqual(names(entries, "stop").toSorted(), started.toSorted());
  for (const name of started) {
    const dependents = started.filter((other) => partOf(other).needs.includes(Number(name.slice(1))));
    for (const dependent of dependents.filter((each) => !report.stuck.includes(each))) {
      const ended = indexOf("stop ended", dependent);
      assert.ok(ended >= 0 && ended < indexOf("stop", name), `${name} was stopped before ${dependent} had ended`);
    }
  }
  // The report has everyone once and tells the truth.
  const failed = report.failed.map((failure) => failure.name);
  assert.deepEqual([...report.stopped, ...report.stuck, ...failed].toSorted(), started.toSorted());
  for (const name of started) {
    const { start, stop } = partOf(name);
    const deaf = start.manner === "deaf" || stop.manner === "deaf";
    const expected = deaf ? report.stuck : stop.manner === "fails" ? failed : report.stopped;
    assert.ok(expected.includes(name) || (deaf && failed.includes(name)), `${name} is reported wrongly`);
  }
  assert.ok(report.durationMs <= plan.timeoutMs + 2 * LAST_CHANCE_MS * started.length, `${report.durationMs} ms`);

  checkOutcome(plan, run, names(entries, "start failed").filter((name) => partOf(name).start.manner === "fails"));
}

function checkOutcome(
  plan: Plan,
  { entries, error, report, lifecycle, clock }: Run,
  failures: readonly string[],
): void {
  const allUp = names(entries, "up").length === plan.parts.length;
  if (failures.length === 0 && allUp && error === undefined) {
    assert.equal(names(entries, "start").length, plan.parts.length);
  } else assert.ok(error instanceof AppError);
  if (failures.length > 0) assert.ok(error instanceof AppError && error.message.includes(`"${failures[0]}"`));

  for (const { name, state, reason } of lifecycle.status()) {
    const bad = failures.includes(name) || report.stuck.includes(name) ||
      report.failed.some((each) => each.name === name);
    assert.equal(state, bad ? "failed" : "stopped", name);
    if (bad) assert.ok(reason, name);
  }
  assert.equal(lifecycle.overall(), lifecycle.status().some(({ state }) => state === "failed") ? "failed" : "stopped");
  assert.equal(clock.sleeping, 0, "a timer was left behind");
}

Deno.test("lifecycle: holds what it promises, whatever its components do", async () => {
  await fc.assert(fc.asyncProperty(anyPlan, async (plan) => check(plan, await carryOut(plan))), { numRuns: 500 });
});

import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import type { Outcome } from "./probe_policy.ts";
import { type ProbeOptions, Probes } from "./probes.ts";

const TIMING = { intervalMs: 1_000, timeoutMs: 500, successThreshold: 1, failureThreshold: 3 };
const REFUSED = { ok: false, reason: "connection refused" };

/** Probes whose tries are answered by the test, on a clock of the test. */
function bench(answer: (at: number, signal: AbortSignal) => Promise<Outcome> | Outcome = () => REFUSED) {
  const clock = new FakeClock(0);
  const { log, records } = recordingLog();
  const [tried, told]: [number[], string[]] = [[], []];
  let underWay = 0;
  const seen = { most: 0 };
  const probes = new Probes({
    clock,
    log,
    random: () => 0.25,
    attempt: () => async (signal) => {
      tried.push(clock.monotonicMs());
      seen.most = Math.max(seen.most, ++underWay);
      try {
        return await answer(clock.monotonicMs(), signal);
      } finally {
        underWay--;
      }
    },
  });
  const start = (more: Partial<ProbeOptions> = {}) =>
    probes.start({
      probe: "readiness",
      target: { type: "tcp", host: "127.0.0.1", port: 1 },
      timing: TIMING,
      startPeriodMs: 0,
      context: { env: {}, cwd: "/" },
      onResult: (result, reason) => void told.push(`${clock.monotonicMs()} ${result}: ${reason}`),
      ...more,
    });
  return { clock, probes, start, tried, told, seen, records };
}

const slow = (clock: FakeClock, ms: number, signal: AbortSignal) => clock.sleep(ms, signal).then(() => REFUSED);

Deno.test("readiness is tried at once and at each interval, liveness first at a random time", async () => {
  const { clock, probes, start, tried, told } = bench();
  const readiness = start();
  await clock.advance(2_500);
  assert.deepEqual(tried, [0, 1_000, 2_000]);
  assert.deepEqual(told, ["2000 bad: connection refused, 3 times in a row"]);
  assert.deepEqual(readiness.report(), {
    probe: "readiness",
    type: "tcp",
    result: "bad",
    reason: "connection refused, 3 times in a row",
    lastMs: 2_000,
  });
  readiness.stop();
  await clock.advance(500);
  tried.length = 0;
  start({ probe: "liveness" });
  await clock.advance(2_500);
  assert.deepEqual(tried, [3_250, 4_250, 5_250]);
  await probes.stop();
  assert.equal(clock.sleeping, 0);
});

Deno.test("failures within the start period do not count; a success ends the waiting", async () => {
  const { clock, probes, start, told } = bench((at) => at === 5_000 ? { ok: true, reason: "answered 200" } : REFUSED);
  start({ startPeriodMs: 4_500 });
  await clock.advance(8_000);
  assert.deepEqual(told, ["5000 good: answered 200", "8000 bad: connection refused, 3 times in a row"]);
  await probes.stop();
});

Deno.test("tries of a probe never overlap, and what a slow one has missed is not made up for", async () => {
  const { clock, probes, start, tried, seen } = bench((at, signal) => slow(clock, at === 0 ? 2_500 : 10, signal));
  start();
  await clock.advance(5_000);
  assert.deepEqual([tried, seen.most], [[0, 3_000, 4_000, 5_000], 1]);
  await probes.stop();
});

Deno.test("of many probes that hang 64 are tried at once, and nobody is forgotten", async () => {
  const { clock, probes, start, tried, seen } = bench((_, signal) => slow(clock, 400, signal));
  for (let i = 0; i < 200; i++) start({ timing: { ...TIMING, intervalMs: 60_000 } });
  await clock.advance(2_000);
  assert.deepEqual([tried.length, seen.most], [200, 64]);
  assert.deepEqual([tried.at(63), tried.at(64), tried.at(199)], [0, 400, 1_200]);
  await probes.stop();
});

Deno.test("500 probes share one timer", async () => {
  const { clock, probes, start, tried } = bench();
  for (let i = 0; i < 500; i++) start({ probe: "liveness" });
  await settle();
  assert.equal(clock.sleeping, 1);
  await clock.advance(250);
  assert.equal(tried.length, 500);
  await probes.stop();
  assert.equal(clock.sleeping, 0);
});

Deno.test("after stop nothing is told, and a try under way is ended before all is said to be over", async () => {
  const { clock, probes, start, told, seen } = bench((_, signal) => slow(clock, 400, signal));
  const one = start({ timing: { ...TIMING, failureThreshold: 1 } });
  start({ timing: { ...TIMING, failureThreshold: 1 } });
  await settle();
  assert.equal(seen.most, 2);
  one.stop();
  await clock.advance(400);
  assert.deepEqual(told, ["400 bad: connection refused"]);
  await probes.stop();
  await clock.advance(5_000);
  assert.deepEqual([told.length, clock.sleeping], [1, 0]);
});

Deno.test("a probe that begins while the others wait for long is tried in its own time", async () => {
  const { clock, probes, start, tried } = bench();
  start({ probe: "liveness", timing: { ...TIMING, intervalMs: 100_000 } });
  await clock.advance(10);
  start({ probe: "liveness", timing: { ...TIMING, intervalMs: 400 } });
  await clock.advance(500);
  assert.deepEqual(tried, [110, 510]);
  await probes.stop();
});

Deno.test("who cannot act upon a result does not keep the others from theirs", async () => {
  const { clock, probes, start, told, records } = bench(() => ({ ok: true, reason: "fine" }));
  start({
    onResult: () => {
      throw new Error("oops");
    },
  });
  start();
  await clock.advance(10);
  assert.deepEqual(told, ["0 good: fine"]);
  assert.deepEqual(records.map(({ msg }) => msg), ["a probe's result could not be acted upon"]);
  await probes.stop();
});

Deno.test("the clock of the wall may jump", async () => {
  const { clock, probes, start, tried } = bench();
  start();
  await clock.advance(500);
  clock.setWall(-3_600_000);
  await clock.advance(1_000);
  assert.deepEqual(tried, [0, 1_000]);
  await probes.stop();
});

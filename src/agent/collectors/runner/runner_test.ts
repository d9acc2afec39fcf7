import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { History } from "../history/history.ts";
import { LagMeter } from "./lag_meter.ts";
import { Runner } from "./runner.ts";
import { fakeTask, reading } from "./testing.ts";

function runnerOf(random = 0) {
  const clock = new FakeClock();
  const readings: [name: string, atMs: number][] = [];
  const states: string[][] = [];
  const runner = new Runner({
    clock,
    log: recordingLog().log,
    history: new History(1_000_000, () => undefined),
    lag: new LagMeter(),
    random: () => random,
    onReading: ({ spec }) => void readings.push([spec.name, clock.monotonicMs()]),
    onStates: (failing) => void states.push([...failing]),
  });
  return { clock, readings, states, runner };
}

Deno.test("each collector reads at once, then at its interval; those with one interval read together", async () => {
  const { clock, readings, runner } = runnerOf(1);
  runner.start([
    fakeTask("cpu", () => reading(1), { intervalMs: 1_000 }),
    fakeTask("disk", () => reading(1), { intervalMs: 2_000 }),
    fakeTask("load", () => reading(1), { intervalMs: 1_000 }),
  ]);
  await clock.advance(2_000);
  const atMs = (name: string) => readings.filter(([reader]) => reader === name).map(([, at]) => at);
  assert.deepEqual(atMs("cpu"), [0, 1_000, 2_000]);
  assert.deepEqual(atMs("load"), atMs("cpu"));
  assert.deepEqual(atMs("disk"), [0, 2_000]);
  await runner.stop();
  assert.equal(clock.sleeping, 0);
});

Deno.test("hosts that were started together read at different times from the second reading on", async () => {
  const seconds: number[] = [];
  for (const random of [0, 0.5, 1]) {
    const { clock, readings, runner } = runnerOf(random);
    runner.start([fakeTask("cpu", () => reading(1), { intervalMs: 60_000 })]);
    await clock.advance(60_000);
    seconds.push(readings[1]?.[1] ?? NaN);
    await runner.stop();
  }
  assert.deepEqual(seconds, [30_000, 45_000, 60_000]);
});

Deno.test("a reading that lasts longer than the interval is not begun twice", async () => {
  const done = Promise.withResolvers<ReturnType<typeof reading>>();
  const slow = fakeTask("disk", () => done.promise, { intervalMs: 1_000, timeoutMs: 60_000 });
  const { clock, readings, runner } = runnerOf(1);
  runner.start([slow]);
  await clock.advance(3_500);
  assert.equal(slow.calls.collected, 1);
  done.resolve(reading(1));
  await clock.advance(500);
  assert.deepEqual(readings.map(([, at]) => at), [3_500, 4_000]);
  await runner.stop();
});

Deno.test("one collector that hangs or fails keeps no other from reading", async () => {
  const { clock, readings, runner } = runnerOf(1);
  runner.start([
    fakeTask("disk", () => new Promise(() => {}), { intervalMs: 1_000 }),
    fakeTask("load", () => {
      throw new Error("broken");
    }, { intervalMs: 1_000 }),
    fakeTask("cpu", () => reading(1), { intervalMs: 1_000 }),
  ]);
  await clock.advance(2_000);
  assert.deepEqual(readings, [["cpu", 0], ["cpu", 1_000], ["cpu", 2_000]]);
});

Deno.test("whoever watches is told which collectors fail when that changes", async () => {
  let broken = false;
  const { clock, states, runner } = runnerOf(1);
  runner.start([
    fakeTask("cpu", () => reading(1), { intervalMs: 1_000 }),
    fakeTask("disk", () => {
      if (broken) throw new Error("gone");
      return reading(1);
    }, { intervalMs: 1_000 }),
  ]);
  await clock.advance(1_000);
  broken = true;
  await clock.advance(2_000);
  broken = false;
  await clock.advance(1_000);
  assert.deepEqual(states, [["disk"], []]);
  await runner.stop();
});

Deno.test("a runner can be stopped without a start, twice, and started again", async () => {
  const { clock, readings, runner } = runnerOf(1);
  await runner.stop();
  const task = fakeTask("cpu", () => reading(1), { intervalMs: 1_000 });
  runner.start([task]);
  await clock.advance(0);
  await runner.stop();
  await runner.stop();
  runner.start([task]);
  await clock.advance(0);
  await runner.stop();
  await clock.advance(10_000);
  assert.equal(readings.length, 2);
  assert.deepEqual(task.calls, { created: 2, collected: 2, closed: 2 });
});

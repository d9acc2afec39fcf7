import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { AppError, TextSink } from "../../../core/mod.ts";
import { History } from "../history/history.ts";
import { Task } from "./task.ts";
import { type FakeTask, fakeTask, reading } from "./testing.ts";

function taskOf(spec: FakeTask) {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const track = new History(1_000_000, () => undefined).track(spec.name, spec.intervalMs);
  return { clock, records, track, task: new Task(spec, clock, log) };
}

function metricsOf(task: Task): string {
  const sink = new TextSink("prometheus");
  task.metrics(sink, "node");
  return sink.text();
}

Deno.test("a collector that has not read yet is waiting, and has neither metrics nor a reading to show", () => {
  const { task } = taskOf(fakeTask("disk", () => reading(1)));
  assert.deepEqual(task.status(), { name: "disk", state: "waiting", intervalMs: 10_000, runs: 0, failures: 0 });
  assert.equal(metricsOf(task), "");
  assert.equal(task.shown(), null);
});

Deno.test("the rate is that between the readings that were due, whatever was read between them", async () => {
  let count = 100;
  const { clock, task, track } = taskOf(fakeTask("disk", () => reading(count)));
  await task.readDue(track);
  assert.deepEqual(task.shown()?.points, { "disk.count": 100 });
  await clock.advance(4_000);
  count = 1_000;
  await task.read(0);
  await clock.advance(6_000);
  count = 150;
  await task.readDue(track);
  assert.deepEqual(task.shown()?.points, { "disk.count": 150, "disk.growth_per_second": 5 });
});

Deno.test("a reading is made anew only where the latest one is too old", async () => {
  const spec = fakeTask("disk", () => reading(1));
  const { clock, task } = taskOf(spec);
  await task.read(1_000);
  await clock.advance(999);
  await task.read(1_000);
  assert.equal(spec.calls.collected, 1);
  await clock.advance(1);
  await task.read(1_000);
  assert.equal(spec.calls.collected, 2);
});

Deno.test("those who ask while a reading is under way share it", async () => {
  const done = Promise.withResolvers<ReturnType<typeof reading>>();
  const spec = fakeTask("disk", () => done.promise);
  const { task, track } = taskOf(spec);
  const asked = [task.read(0), task.readDue(track), task.read(0)];
  done.resolve(reading(7));
  const answers = await Promise.all(asked);
  assert.equal(spec.calls.collected, 1);
  assert.ok(answers.every((answer) => answer === task.latest));
});

Deno.test("a failure is told with its reason, leaves no stale metrics, and is logged once until it ends", async () => {
  let fails = true;
  const spec = fakeTask("disk", () => {
    if (fails) throw new AppError("unavailable", "no such file");
    return reading(3);
  });
  const { task, track, records } = taskOf(spec);
  await task.readDue(track);
  await task.readDue(track);
  assert.deepEqual([task.status().state, task.status().reason, task.status().failures], ["failed", "no such file", 2]);
  assert.equal(metricsOf(task), "");
  fails = false;
  await task.readDue(track);
  assert.equal(task.status().state, "ok");
  assert.match(metricsOf(task), /^node_disk_total 3$/m);
  assert.deepEqual(records.map(({ msg }) => msg), ["collector failed", "collector works again"]);
});

Deno.test("over a failure there is no rate: nobody knows what happened meanwhile", async () => {
  let next: () => ReturnType<typeof reading> = () => reading(10);
  const { clock, task, track } = taskOf(fakeTask("disk", () => next()));
  await task.readDue(track);
  await clock.advance(10_000);
  next = () => {
    throw new Error("gone");
  };
  await task.readDue(track);
  assert.equal(task.shown(), null);
  await clock.advance(10_000);
  next = () => reading(30);
  await task.readDue(track);
  assert.deepEqual(task.shown()?.points, { "disk.count": 30 });
});

Deno.test("a reading with problems is partial and says what is absent", async () => {
  const { task, track } = taskOf(fakeTask("disk", () => reading(1, "/mnt is stuck", "no inodes")));
  await task.readDue(track);
  assert.deepEqual([task.status().state, task.status().reason], ["partial", "/mnt is stuck; no inodes"]);
  assert.deepEqual(task.shown()?.problems, ["/mnt is stuck", "no inodes"]);
});

Deno.test("a reading that takes too long fails, is told to end, and is not begun again before it has", async () => {
  const signals: AbortSignal[] = [];
  const slow = Promise.withResolvers<ReturnType<typeof reading>>();
  const spec = fakeTask("disk", (signal) => {
    signals.push(signal);
    return signals.length === 1 ? slow.promise : reading(2);
  });
  const { clock, task, track } = taskOf(spec);
  const first = task.readDue(track);
  await clock.advance(5_000);
  assert.equal(await first, null);
  assert.equal(signals[0]?.aborted, true);
  assert.equal(task.status().reason, "no answer within 5 s");
  const second = task.readDue(track);
  await clock.advance(5_000);
  assert.equal(await second, null);
  assert.equal(spec.calls.collected, 1);
  slow.resolve(reading(1));
  await settle();
  assert.equal((await task.readDue(track))?.reading.sample instanceof Object, true);
  assert.equal(spec.calls.collected, 2);
  assert.equal(signals[1]?.aborted, false);
  assert.equal(clock.sleeping, 0);
});

Deno.test("closing ends the reading under way, gives back what the collector holds, and nothing is read afterwards", async () => {
  const spec = fakeTask(
    "disk",
    (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const { clock, records, task, track } = taskOf(spec);
  const underWay = task.readDue(track);
  await task.close();
  assert.equal(await underWay, null);
  assert.equal(await task.read(0), null);
  assert.deepEqual(records, []);
  assert.deepEqual(spec.calls, { created: 1, collected: 1, closed: 1 });
  assert.equal(clock.sleeping, 0);
});

Deno.test("one that is switched off says so and never reads", async () => {
  const { create: _, ...spec } = fakeTask("disk", () => reading(1));
  const { task } = taskOf({ ...spec, absent: { state: "unsupported", reason: "no disks" } });
  assert.equal(await task.read(0), null);
  assert.deepEqual(task.status(), { name: "disk", state: "unsupported", reason: "no disks", runs: 0, failures: 0 });
});

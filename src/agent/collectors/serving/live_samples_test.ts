import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import type { CollectorReading } from "../../../protocol/mod.ts";
import { History } from "../history/history.ts";
import { LagMeter } from "../runner/lag_meter.ts";
import { Runner } from "../runner/runner.ts";
import { fakeTask, reading } from "../runner/testing.ts";
import { LiveSamples } from "./live_samples.ts";

function liveOf() {
  const clock = new FakeClock();
  let count = 0;
  const runner: Runner = new Runner({
    clock,
    log: recordingLog().log,
    history: new History(1_000_000, () => undefined),
    lag: new LagMeter(),
    random: () => 1,
    onReading: (task) => live.tell(task),
    onStates: () => {},
  });
  const live = new LiveSamples(runner, clock);
  const cpu = fakeTask("cpu", () => reading(count += 10), { intervalMs: 60_000 });
  const backup = fakeTask("exec/backup", () => reading(1), { intervalMs: 60_000, onDemand: false });
  runner.start([cpu, backup]);
  return { clock, live, runner, cpu, backup };
}

/** Reads a stream behind the test; `events` has what has come. */
function listen(response: Response) {
  const events: CollectorReading[] = [];
  const comments: string[] = [];
  let ended = false;
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const reading = (async () => {
    for (let rest = "";;) {
      const { value, done } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const data = /^event: sample\ndata: (.*)$/.exec(part)?.[1];
        if (data === undefined) comments.push(part);
        else events.push(JSON.parse(data));
      }
    }
    ended = true;
  })();
  return { events, comments, ended: () => ended, leave: () => reader.cancel(), done: reading };
}

const all = () => true;

Deno.test("who listens gets what is known at once, and then each reading as it is made", async () => {
  const { clock, live, runner } = liveOf();
  await clock.advance(0);
  const heard = listen(live.open({ wants: all, intervalMs: undefined }));
  await settle();
  assert.deepEqual(heard.events.map(({ collector }) => collector), ["cpu", "exec/backup"]);
  await clock.advance(60_000);
  assert.deepEqual(heard.events.slice(2).map(({ collector }) => collector).sort(), ["cpu", "exec/backup"]);
  assert.equal(heard.events.find(({ points }) => points["cpu.growth_per_second"] !== undefined)?.collector, "cpu");
  await heard.leave();
  await runner.stop();
});

Deno.test("who asks for a pace of its own gets that, with rates over it; commands are not run for it", async () => {
  const { clock, live, runner, cpu, backup } = liveOf();
  await clock.advance(0);
  const heard = listen(live.open({ wants: all, intervalMs: 2_000 }));
  await clock.advance(4_000);
  const ofCpu = heard.events.filter(({ collector }) => collector === "cpu");
  assert.deepEqual(ofCpu.map(({ points }) => points["cpu.growth_per_second"]), [undefined, 5, 5]);
  assert.deepEqual([cpu.calls.collected, backup.calls.collected], [3, 1]);
  assert.equal(heard.events.filter(({ collector }) => collector === "exec/backup").length, 1);
  await heard.leave();
  await clock.advance(10_000);
  assert.equal(cpu.calls.collected, 3, "nobody listens any more");
  assert.equal(live.listeners, 0);
  await runner.stop();
  assert.equal(clock.sleeping, 0);
});

Deno.test("only what is asked for is read and sent", async () => {
  const { clock, live, runner, cpu } = liveOf();
  await clock.advance(0);
  const heard = listen(live.open({ wants: (name) => name === "load", intervalMs: 1_000 }));
  await clock.advance(5_000);
  assert.deepEqual([heard.events, cpu.calls.collected], [[], 1]);
  await heard.leave();
  await runner.stop();
});

Deno.test("a stream is kept alive, and ends when the collectors stop", async () => {
  const { clock, live, runner } = liveOf();
  await clock.advance(0);
  const heard = listen(live.open({ wants: () => false, intervalMs: undefined }));
  await clock.advance(30_000);
  assert.deepEqual(heard.comments, [": keep-alive", ": keep-alive"]);
  live.close();
  await heard.done;
  assert.equal(heard.ended(), true);
  await runner.stop();
  await settle();
  assert.equal(clock.sleeping, 0);
});

Deno.test("a listener that does not read is sent no more than a bounded number of events", async () => {
  const { clock, live, runner } = liveOf();
  await clock.advance(0);
  const response = live.open({ wants: all, intervalMs: 500 });
  for (let i = 0; i < 600; i++) await clock.advance(500);
  live.close();
  const events = (await response.text()).split("\n\n").filter((part) => part.startsWith("event:"));
  assert.ok(events.length > 100 && events.length <= 256, `${events.length} events`);
  await runner.stop();
});

Deno.test("there is a limit to how many may listen", async () => {
  const { clock, live, runner } = liveOf();
  await clock.advance(0);
  for (let i = 0; i < 64; i++) live.open({ wants: all, intervalMs: undefined });
  assert.throws(() => live.open({ wants: all, intervalMs: undefined }), { code: "rate_limited" });
  live.close();
  live.open({ wants: all, intervalMs: undefined });
  live.close();
  await runner.stop();
});

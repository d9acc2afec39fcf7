import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { allReadings, reading } from "../../../tests/helpers/host_readings.ts";
import type { ServerEvent } from "../../http/mod.ts";
import type { CollectorReading } from "../../protocol/mod.ts";
import { gatherOnce } from "./once.ts";

const never = new AbortController().signal;
const load = reading("load", { load1: 1, load5: 1, load15: 1 });
const cpu = (usage?: number) =>
  reading("cpu", { cores: [], logicalCores: 4 }, usage === undefined ? {} : { "cpu.usage_percent": usage });
const disk = reading("disk", { mounts: [], devices: [] });

/** Events of these readings, and then silence until the signal aborts. */
async function* telling(readings: readonly CollectorReading[], signal: AbortSignal): AsyncGenerator<ServerEvent> {
  for (const each of readings) yield { event: "sample", data: JSON.stringify(each) };
  signal.throwIfAborted();
  await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

function gathering(readings: readonly CollectorReading[], signal = never) {
  const clock = new FakeClock();
  return { clock, gathered: gatherOnce({ clock, signal, events: (until) => telling(readings, until) }) };
}

Deno.test("it ends with the second reading of what has rates, and leaves no timer behind", async () => {
  const { clock, gathered } = gathering([...allReadings(), load, cpu(30), disk, ...allReadings()]);
  const readings = await gathered;
  assert.ok(readings.point("cpu.usage_percent") !== undefined);
  assert.equal(clock.sleeping, 0);
});

Deno.test("a collector that is not read twice in time does not keep the others waiting for ever", async () => {
  const { clock, gathered } = gathering([load, cpu(), disk, cpu(30)]);
  await settle();
  await clock.advance(8_000);
  assert.equal((await gathered).point("cpu.usage_percent"), 30);
});

Deno.test("an interrupt, a failure and an agent that stops are told as what they are", async () => {
  const abort = new AbortController();
  const { gathered } = gathering([cpu()], abort.signal);
  await settle();
  abort.abort(new Error("enough"));
  await assert.rejects(gathered, /enough/);
  const clock = new FakeClock();
  const failing = () => telling([], AbortSignal.abort(new Error("broken")));
  await assert.rejects(gatherOnce({ clock, signal: never, events: failing }), /broken/);
  const ending = async function* () {
    yield* [cpu()].map((each) => ({ event: "sample", data: JSON.stringify(each) }));
  };
  await assert.rejects(gatherOnce({ clock, signal: never, events: ending }), {
    code: "not_running",
    message: "The agent has stopped",
  });
  assert.equal(clock.sleeping, 0);
});

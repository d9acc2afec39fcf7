import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { BeatRelay } from "./beat_relay.ts";
import type { Beat, HeartbeatPorts } from "./contract.ts";

function bench(more: Partial<HeartbeatPorts> = {}) {
  const clock = new FakeClock(0);
  const { log, records } = recordingLog();
  const heard: [number, string, Beat][] = [];
  const ports: HeartbeatPorts = {
    find: () => "running",
    beat: (id, beat) => void heard.push([clock.monotonicMs(), id, beat]),
    ...more,
  };
  return { clock, records, heard, relay: new BeatRelay({ clock, log, ports }) };
}

const beat = (pid: number, more: Partial<Beat> = {}): Beat => ({ pid, isAlive: true, ...more });

Deno.test("the first beat is heard at once, of a flood the latest every 100 ms, and then no timer is left", async () => {
  const { clock, heard, relay } = bench();
  for (let i = 0; i < 10_000; i++) relay.take("a", beat(i));
  relay.take("b", beat(5));
  assert.deepEqual(heard.map(([, id, { pid }]) => [id, pid]), [["a", 0], ["b", 5]]);
  await clock.advance(100);
  assert.deepEqual(heard.slice(2), [[100, "a", beat(9_999)]]);
  await clock.advance(200);
  assert.deepEqual([heard.length, clock.sleeping], [3, 0]);
  relay.take("a", beat(1));
  assert.equal(heard.length, 4);
  relay.stop();
  await settle();
  assert.equal(clock.sleeping, 0);
});

Deno.test("that a program is ready, or alive, is not lost in what it says next", async () => {
  const { clock, heard, relay } = bench();
  relay.take("a", beat(1));
  relay.take("a", { ready: true, isAlive: true });
  relay.take("a", { status: "warm", isAlive: false });
  await clock.advance(100);
  assert.deepEqual(heard[1]?.[2], { ready: true, isAlive: true, status: "warm" });
  relay.stop();
});

Deno.test("no beat comes late for a process that has ended meanwhile, and none after stop", async () => {
  const states = new Map<string, "running" | "not_running">([["a", "not_running"]]);
  const { clock, heard, relay } = bench({ find: (id) => states.get(id) ?? "running" });
  for (const id of ["a", "b"]) for (const pid of [1, 2]) relay.take(id, beat(pid));
  await clock.advance(100);
  assert.deepEqual(heard.map(([, id, { pid }]) => `${id}${pid}`), ["a1", "b1", "b2"]);
  relay.take("b", beat(3));
  relay.stop();
  await clock.advance(1_000);
  assert.deepEqual([heard.length, clock.sleeping], [3, 0]);
});

Deno.test("who cannot act upon a beat is told of in the log, and hears the next one", () => {
  const { relay, records } = bench({
    beat: () => {
      throw new Error("oops");
    },
  });
  relay.take("a", beat(1));
  relay.take("b", beat(1));
  assert.deepEqual(records.map(({ msg }) => msg), Array(2).fill("a heartbeat could not be acted upon"));
  relay.stop();
});

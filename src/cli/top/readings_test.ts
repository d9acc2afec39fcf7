import assert from "node:assert/strict";
import { allReadings, reading } from "../../../tests/helpers/host_readings.ts";
import { Readings } from "./readings.ts";

const event = (value: unknown) => ({ event: "sample", data: JSON.stringify(value) });

Deno.test("the latest reading of each collector counts", () => {
  const readings = new Readings();
  const cpu = (usage: number) => reading("cpu", { cores: [], logicalCores: 4 }, { "cpu.usage_percent": usage });
  readings.take(event(cpu(10)));
  readings.take(event({ ...cpu(20), timeMs: 1 }));
  assert.equal(readings.point("cpu.usage_percent"), 20);
  assert.equal(readings.sample("cpu")?.logicalCores, 4);
  assert.deepEqual(readings.latest.map(({ timeMs }) => timeMs), [1]);
});

Deno.test("a point is found by its instance, whatever that is called and holds", () => {
  const readings = new Readings();
  const mounts = ["/", '/a "b"', "/{x=1}", "/进程\n"];
  const points = Object.fromEntries(
    mounts.map((mount, index) => [`disk.used_percent{mount=${JSON.stringify(mount)}}`, index]),
  );
  readings.add(reading("disk", { mounts: [], devices: [] }, points));
  assert.deepEqual(mounts.map((mount) => readings.point("disk.used_percent", mount)), [0, 1, 2, 3]);
  assert.equal(readings.point("disk.used_percent", "/b"), undefined);
  assert.equal(readings.point("disk.used_percent"), undefined);
});

Deno.test("checks and commands are found by what they are", () => {
  const readings = new Readings();
  for (const each of allReadings()) readings.add(each);
  assert.deepEqual(readings.watches.map(({ name }) => name), ["site", "db", "ping"]);
  assert.deepEqual(readings.execs.map(({ name }) => name), ["backup"]);
});

Deno.test("a sample that another version means differently is absent, and the others are there", () => {
  const readings = new Readings();
  readings.add(reading("load", { load1: "high" }));
  readings.add(reading("memory", null));
  readings.add(reading("cpu", { cores: [], logicalCores: 2, ofTomorrow: true }));
  assert.deepEqual([readings.sample("load"), readings.sample("memory")], [undefined, undefined]);
  assert.equal(readings.sample("cpu")?.logicalCores, 2);
});

Deno.test("other events are passed over; a reading that is none is an error", () => {
  const readings = new Readings();
  assert.equal(readings.take({ event: "tomorrow", data: "?" }), null);
  for (const data of ["", "{", "null", '{"collector":"cpu"}']) {
    assert.throws(() => readings.take({ event: "sample", data }), { code: "unavailable", message: /no reading/ });
  }
  assert.deepEqual([readings.latest, readings.timeMs], [[], undefined]);
});

Deno.test("a still copy does not change while readings go on arriving", () => {
  const readings = new Readings();
  readings.add(reading("load", { load1: 1, load5: 1, load15: 1 }));
  const still = readings.still();
  readings.add(reading("load", { load1: 2, load5: 2, load15: 2 }));
  assert.deepEqual([still.sample("load")?.load1, readings.sample("load")?.load1], [1, 2]);
});

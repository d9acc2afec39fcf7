import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import {
  badNumbers,
  damaged,
  depsFor,
  FIXTURE_HOSTS,
  type FixtureHost,
  hostRoots,
  hostText,
  metricLines,
  PLAIN_OPTIONS,
  pointsOf,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { PressureSample } from "../../../protocol/mod.ts";
import type { Reading } from "../contract.ts";
import { pressureCollector } from "./pressure.ts";
import { linuxPressure, parsePressure } from "./pressure.linux.ts";

async function read(host: FixtureHost): Promise<Reading<PressureSample>> {
  const collector = linuxPressure(PLAIN_OPTIONS, depsFor(hostRoots(host)));
  const reading = await collector.collect(new AbortController().signal);
  collector.close?.();
  return reading;
}

Deno.test("what tasks waited for on a host under load is read in seconds", async () => {
  const { sample, problems } = await read("loaded");
  assert.deepEqual(sample.cpu?.some, { avg10: 70.96, avg60: 22.96, avg300: 6.18, totalSeconds: 33.089478 });
  assert.equal(sample.io?.full?.totalSeconds, 4.843505);
  assert.equal(sample.irq, undefined);
  assert.deepEqual(problems, []);
});

Deno.test("interrupts have no share in which only some tasks waited", async () => {
  const { sample } = await read("storage");
  assert.equal(sample.irq?.some, undefined);
  assert.equal(sample.irq?.full?.totalSeconds, 1.234567);
});

Deno.test("a kernel without the files has no such measure, and that is no problem", async () => {
  assert.deepEqual(await read("centos7"), { sample: {}, problems: [] });
});

Deno.test("files that give no text, as where it was left out at boot, are no problem either", async () => {
  await inPlainTempDir(async (dir) => {
    for (const resource of ["cpu", "memory", "io"]) {
      await Deno.mkdir(`${dir}/proc/pressure/${resource}`, { recursive: true }); // opens, and then cannot be read
    }
    const collector = linuxPressure(PLAIN_OPTIONS, depsFor(rootsIn(dir)));
    assert.deepEqual(await collector.collect(new AbortController().signal), { sample: {}, problems: [] });
  });
});

Deno.test("a file that makes no sense is a problem that names it", async () => {
  await inPlainTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/proc/pressure`, { recursive: true });
    await Deno.writeTextFile(`${dir}/proc/pressure/io`, "nothing\n");
    const collector = linuxPressure(PLAIN_OPTIONS, depsFor(rootsIn(dir)));
    const { sample, problems } = await collector.collect(new AbortController().signal);
    collector.close?.();
    assert.deepEqual(sample, {});
    assert.match(problems.join(), /^io: .*pressure.io has no totals$/);
  });
});

Deno.test("a damaged file never makes a number that cannot be", () => {
  const whole = hostText("server128", "proc/pressure/io");
  fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
    assert.deepEqual(badNumbers(parsePressure(damaged(whole, damages))), []);
  }));
});

const waited = (totalSeconds: number) => ({ avg10: 0, avg60: 0, avg300: 0, totalSeconds });

Deno.test("the part of the time is that between two readings, and never more than all of it", () => {
  const before = { cpu: { some: waited(10) }, io: { some: waited(5), full: waited(9) } };
  const current = { cpu: { some: waited(13) }, io: { some: waited(100), full: waited(1) } };
  assert.deepEqual(pointsOf(pressureCollector, current, before, 10), {
    "pressure.cpu_waiting_percent": 30,
    "pressure.io_waiting_percent": 100,
  });
  assert.deepEqual(pointsOf(pressureCollector, current, null, 0), {});
});

Deno.test("the metrics have node_exporter's names, and the processor has no share of its own in which all wait", async () => {
  const { sample } = await read("storage");
  assert.deepEqual(metricLines(pressureCollector, sample), [
    "node_pressure_cpu_waiting_seconds_total 2345.678901",
    "node_pressure_io_stalled_seconds_total 345678.901234",
    "node_pressure_io_waiting_seconds_total 456789.012345",
    "node_pressure_irq_stalled_seconds_total 1.234567",
    "node_pressure_memory_stalled_seconds_total 234.56789",
    "node_pressure_memory_waiting_seconds_total 345.678901",
  ]);
});

for (const host of FIXTURE_HOSTS) {
  Deno.test(`the host ${host} can be read without problems`, async () => {
    assert.deepEqual((await read(host)).problems, []);
  });
}

import assert from "node:assert/strict";
import {
  depsFor,
  FIXTURE_HOSTS,
  type FixtureHost,
  hostRoots,
  PLAIN_OPTIONS,
  rootsIn,
} from "../../../../tests/helpers/fixture_host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { TemperatureSample } from "../../../protocol/mod.ts";
import { linuxTemperature } from "./temperature.linux.ts";

const SIGNAL = new AbortController().signal;

async function read(host: FixtureHost): Promise<TemperatureSample> {
  return (await linuxTemperature(PLAIN_OPTIONS, depsFor(hostRoots(host))).collect(SIGNAL)).sample;
}

async function writeAll(dir: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${dir}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    await Deno.writeTextFile(`${dir}/${path}`, text);
  }
}

Deno.test("a sensor has its chip's lasting name, its driver's name and its limits", async () => {
  const { sensors } = await read("server128");
  assert.deepEqual(sensors[0], {
    chip: "platform_coretemp_0",
    chipName: "coretemp",
    sensor: "temp1",
    label: "Package id 0",
    kind: "temperature",
    value: 61,
    limits: { crit: 100, crit_alarm: 0, max: 84 },
  });
});

Deno.test("each kind is in its own unit, and of either sign where it can be", async () => {
  const { sensors } = await read("server128");
  const found = sensors.filter(({ chip }) => !chip.startsWith("platform_coretemp"));
  assert.deepEqual(found.map(({ chip, sensor, kind, value }) => [chip, sensor, kind, value]), [
    ["platform_nct6775_656", "beep_enable0", "other", 0],
    ["platform_nct6775_656", "cpu0", "voltage", undefined],
    ["platform_nct6775_656", "fan1", "fan", 5520],
    ["platform_nct6775_656", "fan2", "fan", 0],
    ["platform_nct6775_656", "in0", "voltage", 1.192],
    ["platform_nct6775_656", "intrusion0", "other", undefined],
    ["platform_nct6775_656", "pwm1", "other", 128],
    ["platform_nct6775_656", "temp1", "temperature", -12],
    ["platform_nct6775_656", "vrm0", "other", 0],
    ["lnxsystm_00_acpi000d_00", "power1", "power", undefined],
    ["i2c_7_7_0068", "curr1", "current", -1.25],
    ["i2c_7_7_0068", "energy1", "energy", 123.456789],
    ["i2c_7_7_0068", "humidity1", "humidity", 0.453],
    ["virtualchip", "temp1", "temperature", 40.1],
  ]);
});

Deno.test("zones and what cools them are read", async () => {
  const { zones, coolers } = await read("arm64_board");
  assert.deepEqual(zones, [{ zone: "0", type: "cpu-thermal", celsius: 48.312 }]);
  assert.deepEqual(coolers, [{ name: "0", type: "pwm-fan", state: 1, max: 4 }]);
});

Deno.test("a host without sensors has none, and that is no problem", async () => {
  const collector = linuxTemperature(PLAIN_OPTIONS, depsFor(hostRoots("vm")));
  assert.deepEqual(await collector.collect(SIGNAL), {
    sample: { sensors: [], zones: [], coolers: undefined },
    problems: [],
  });
});

Deno.test("every host can be read", async () => {
  for (const host of FIXTURE_HOSTS) await read(host);
});

Deno.test("a sensor that is off has no value, and one that comes is found at the next reading", async () => {
  await inPlainTempDir(async (dir) => {
    await writeAll(dir, {
      "sys/class/hwmon/hwmon0/name": "radio\n",
      "sys/class/hwmon/hwmon0/temp1_input": "\n",
      "sys/class/thermal/thermal_zone0/type": "radio\n",
      "sys/class/thermal/thermal_zone0/temp": "\n",
    });
    const collector = linuxTemperature(PLAIN_OPTIONS, depsFor(rootsIn(dir)));
    const first = (await collector.collect(SIGNAL)).sample;
    assert.deepEqual([first.sensors[0]?.value, first.zones], [undefined, []]);
    await writeAll(dir, {
      "sys/class/hwmon/hwmon0/temp1_input": "21500\n",
      "sys/class/hwmon/hwmon1/temp1_input": "22000\n",
    });
    const second = (await collector.collect(SIGNAL)).sample;
    assert.deepEqual(second.sensors.map(({ chip, value }) => [chip, value]), [["radio", 21.5], ["hwmon1", 22]]);
  });
});

Deno.test("two chips of one name do not say the same sensor twice", async () => {
  await inPlainTempDir(async (dir) => {
    const chip = (number: number, input: string) => ({
      [`sys/class/hwmon/hwmon${number}/name`]: "twin\n",
      [`sys/class/hwmon/hwmon${number}/temp1_input`]: input,
    });
    await writeAll(dir, { ...chip(0, "1000\n"), ...chip(1, "2000\n") });
    const { sample } = await linuxTemperature(PLAIN_OPTIONS, depsFor(rootsIn(dir))).collect(SIGNAL);
    assert.deepEqual(sample.sensors.map(({ value }) => value), [1]);
  });
});

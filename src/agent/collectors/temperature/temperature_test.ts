import assert from "node:assert/strict";
import fc from "fast-check";
import { TextSink } from "../../../core/mod.ts";
import { metricLines, pointsOf } from "../../../../tests/helpers/fixture_host.ts";
import type { TemperatureSample } from "../../../protocol/mod.ts";
import { hwmonMetric } from "./hwmon_names.ts";
import { chipOfDevice, cleanName, sensorFile, sensorValue } from "./sensor_files.ts";
import { temperatureCollector } from "./temperature.ts";

Deno.test("a file's name tells the sensor and the element", () => {
  assert.deepEqual(sensorFile("temp1_crit_alarm"), { sensor: "temp1", type: "temp", element: "crit_alarm" });
  assert.deepEqual(sensorFile("pwm2"), { sensor: "pwm2", type: "pwm", element: "" });
  assert.deepEqual(sensorFile("update_interval"), { sensor: "update_interval0", type: "update_interval", element: "" });
  for (const name of ["name", "uevent", "device", "constructor", "1temp", "temperature1_input"]) {
    assert.equal(sensorFile(name), null, name);
  }
});

Deno.test("what is no number, or cannot be measured, has no value", () => {
  assert.equal(sensorValue("temp", "input", "36600"), 36.6);
  assert.equal(sensorValue("temp", "input", "-273151"), undefined);
  assert.equal(sensorValue("fan", "input", "-5"), undefined);
  for (const text of ["", "N/A", "12.5", "0x10", "1e3", "--1"]) {
    assert.equal(sensorValue("temp", "input", text), undefined);
  }
  const type = fc.constantFrom("temp", "fan", "in", "curr", "power", "energy", "humidity", "pwm", "intrusion", "what");
  const element = fc.constantFrom("", "input", "max", "alarm", "crit_alarm", "offset", "average_interval", "label");
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.bigInt().map(String));
  fc.assert(fc.property(type, element, text, (type, element, text) => {
    const value = sensorValue(type, element, text);
    assert.ok(value === undefined || Number.isFinite(value));
  }));
});

Deno.test("chips are called by the two last parts of their device's path", () => {
  assert.equal(chipOfDevice("/sys/devices/platform/coretemp.0"), "platform_coretemp_0");
  assert.equal(chipOfDevice("/sys/devices/pci0000:00/0000:00:18.3"), "pci0000:00_0000:00:18_3");
  assert.equal(chipOfDevice("/nvme0"), "nvme0");
  assert.equal(chipOfDevice("/"), "");
  assert.equal(cleanName("_Package id 0 "), "package_id_0");
});

Deno.test("names and units of metrics are node_exporter's, with its oddities", () => {
  const names: [string, string, string, number][] = [
    ["temp1", "", "node_hwmon_temp_celsius", 1],
    ["temp1", "crit", "node_hwmon_temp_crit_celsius", 1],
    ["temp1", "alarm", "node_hwmon_temp_alarm", 1],
    ["temp1", "crit_alarm", "node_hwmon_temp_crit_alarm_celsius", 1e-3],
    ["temp1", "type", "node_hwmon_temp_type", 1],
    ["fan1", "min", "node_hwmon_fan_min_rpm", 1],
    ["fan1", "pulses", "node_hwmon_fan_pulses", 1],
    ["in0", "beep", "node_hwmon_in_beep_enabled", 1],
    ["power1", "cap_alarm", "node_hwmon_power_cap_alarm_watt", 1e-6],
    ["power1", "accuracy", "node_hwmon_power_accuracy", 1],
    ["update_interval0", "", "node_hwmon_update_interval_seconds", 1e-3],
  ];
  for (const [sensor, element, name, factor] of names) {
    const metric = hwmonMetric(sensor, element);
    assert.deepEqual([metric.name, metric.factor], [name, factor]);
  }
  assert.equal(hwmonMetric("energy1", "").type, "counter");
});

const SAMPLE: TemperatureSample = {
  sensors: [
    {
      chip: "cpu",
      chipName: "coretemp",
      sensor: "temp1",
      label: "Package id 0",
      kind: "temperature",
      value: 50,
      limits: { max: 84 },
    },
    { chip: "cpu", chipName: "coretemp", sensor: "temp2", kind: "temperature", value: 61.5 },
    { chip: "board", sensor: "fan1", kind: "fan", value: 900 },
    { chip: "board", sensor: "temp1", kind: "temperature" },
  ],
  zones: [{ zone: "0", type: "acpitz", celsius: 27.8 }],
};

Deno.test("sensors, their labels and zones become metrics", () => {
  assert.deepEqual(metricLines(temperatureCollector, SAMPLE), [
    'node_hwmon_chip_names{chip="cpu",chip_name="coretemp"} 1',
    'node_hwmon_sensor_label{chip="cpu",label="Package id 0",sensor="temp1"} 1',
    'node_hwmon_temp_celsius{chip="cpu",sensor="temp1"} 50',
    'node_hwmon_temp_celsius{chip="cpu",sensor="temp2"} 61.5',
    'node_hwmon_temp_max_celsius{chip="cpu",sensor="temp1"} 84',
    'node_hwmon_fan_rpm{chip="board",sensor="fan1"} 900',
    'node_thermal_zone_temp{type="acpitz",zone="0"} 27.8',
  ]);
});

Deno.test("on Windows zones have windows_exporter's names", () => {
  const sink = new TextSink("prometheus");
  temperatureCollector.metrics(SAMPLE, sink, "windows");
  assert.match(sink.text(), /^windows_thermalzone_temperature_celsius\{name="0"\} 27\.8$/m);
  assert.doesNotMatch(sink.text(), /node_/);
});

Deno.test("a chart shows the hottest sensor of a chip, the zones and the fans", () => {
  const points = pointsOf(temperatureCollector, SAMPLE, null, 0);
  assert.deepEqual(points, {
    "temperature.fan_rpm board fan1": 900,
    "temperature.chip_celsius cpu": 61.5,
    "temperature.zone_celsius 0 acpitz": 27.8,
  });
  const known = new Set(temperatureCollector.series.map(({ name }) => name));
  for (const name of Object.keys(points)) assert.ok(known.has(name.split(" ")[0] ?? ""));
});

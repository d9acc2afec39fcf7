import type { Labels, MetricSink } from "../../../core/mod.ts";
import type { TemperatureSample } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { type HwmonMetric, hwmonMetric } from "./hwmon_names.ts";
import { type Sensor, typeOf } from "./sensor_files.ts";

export function temperatureMetrics(sample: TemperatureSample, sink: MetricSink, naming: Naming): void {
  if (naming === "windows") {
    windowsZones(sample, sink);
    return;
  }
  coolers(sample.coolers ?? [], sink);
  sensors(sample.sensors, sink);
  if (sample.zones.length === 0) return;
  sink.family("node_thermal_zone_temp", "gauge", "Temperature of a thermal zone in degrees Celsius.");
  for (const { zone, type, celsius } of sample.zones) sink.value(celsius, { type, zone });
}

function coolers(all: NonNullable<TemperatureSample["coolers"]>, sink: MetricSink): void {
  if (all.length === 0) return;
  sink.family("node_cooling_device_cur_state", "gauge", "How much a cooling device cools now.");
  for (const { name, type, state } of all) sink.value(state, { name, type });
  sink.family("node_cooling_device_max_state", "gauge", "How much a cooling device can cool.");
  for (const { name, type, max } of all) sink.value(max, { name, type });
}

function sensors(all: readonly Sensor[], sink: MetricSink): void {
  const chips = new Map(all.flatMap(({ chip, chipName }) => chipName === undefined ? [] : [[chip, chipName]]));
  if (chips.size > 0) sink.family("node_hwmon_chip_names", "gauge", "The driver's name of a chip.");
  for (const [chip, chipName] of chips) sink.value(1, { chip, chip_name: chipName });
  const known = new Map<string, HwmonMetric>(); // a hundred cores have the same few elements
  const metricOf = (sensor: string, element: string) => {
    const key = `${typeOf(sensor)} ${element}`;
    let metric = known.get(key);
    if (metric === undefined) known.set(key, metric = hwmonMetric(sensor, element));
    return metric;
  };
  for (const one of all) {
    const labels = { chip: one.chip, sensor: one.sensor };
    const { label } = one;
    if (label !== undefined && sink.family("node_hwmon_sensor_label", "gauge", "The driver's name of a sensor.")) {
      sink.value(1, { chip: one.chip, label, sensor: one.sensor });
    }
    if (one.value !== undefined) write(sink, metricOf(one.sensor, ""), one.value, labels);
    for (const element in one.limits) {
      const value = one.limits[element];
      if (value !== undefined) write(sink, metricOf(one.sensor, element), value, labels);
    }
  }
}

function write(sink: MetricSink, { name, type, help, factor }: HwmonMetric, value: number, labels: Labels): void {
  if (sink.family(name, type, help)) sink.value(value * factor, labels);
}

/** As windows_exporter's collector `thermalzone` names them. */
function windowsZones({ zones }: TemperatureSample, sink: MetricSink): void {
  if (zones.length === 0) return;
  sink.family("windows_thermalzone_temperature_celsius", "gauge", "Temperature of a thermal zone in degrees Celsius.");
  for (const { zone, celsius } of zones) sink.value(celsius, { name: zone });
}

import type { TemperatureSample } from "../../../protocol/mod.ts";
import type { CollectorsConfig, CollectorSpec } from "../contract.ts";
import { temperatureMetrics } from "./metrics.ts";
import { linuxTemperature } from "./temperature.linux.ts";

export const temperatureCollector: CollectorSpec<CollectorsConfig["temperature"], TemperatureSample> = {
  name: "temperature",
  halves: { linux: linuxTemperature },
  readAtScrape: true,
  series: [
    { name: "temperature.chip_celsius", unit: "celsius", help: "The hottest sensor of a chip.", instance: "chip" },
    { name: "temperature.zone_celsius", unit: "celsius", help: "Temperature of a thermal zone.", instance: "zone" },
    { name: "temperature.fan_rpm", unit: "none", help: "Turns of a fan in a minute.", instance: "fan" },
  ],
  points({ sensors, zones }, _before, _elapsedSeconds, emit) {
    // A processor has a sensor for each core: a chart of the hottest says what a hundred lines would.
    const hottest = new Map<string, number>();
    for (const { chip, sensor, kind, value } of sensors) {
      if (value === undefined) continue;
      if (kind === "temperature") hottest.set(chip, Math.max(value, hottest.get(chip) ?? -Infinity));
      else if (kind === "fan") emit("temperature.fan_rpm", value, `${chip} ${sensor}`);
    }
    for (const [chip, celsius] of hottest) emit("temperature.chip_celsius", celsius, chip);
    for (const { zone, type, celsius } of zones) emit("temperature.zone_celsius", celsius, `${zone} ${type}`.trim());
  },
  metrics: temperatureMetrics,
};

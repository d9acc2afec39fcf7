import type { TemperatureSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { findSensors, readSensor } from "./chips.linux.ts";
import { findThermal, readCoolers, readZones } from "./zones.linux.ts";

/** After so many readings it is looked anew which sensors there are and what their limits are. */
const READINGS_BETWEEN_LOOKS = 60;

/** A host without sensors, as most virtual ones are, has an empty sample and no problem. */
export function linuxTemperature(
  _options: CollectorsConfig["temperature"],
  { tree }: CollectorDeps,
): Collector<TemperatureSample> {
  const look = () => ({ chips: chipNames(), sensors: findSensors(tree), ...findThermal(tree) });
  const chipNames = () => [...tree.list(tree.sys("class/hwmon")), ...tree.list(tree.sys("class/thermal"))].join(" ");
  let known: ReturnType<typeof look> | null = null;
  let readings = 0;
  return {
    collect() {
      const isStale = known === null || readings % READINGS_BETWEEN_LOOKS === 0 || known.chips !== chipNames();
      const { sensors, zones, coolers } = known = isStale || known === null ? look() : known;
      readings++;
      const sample: TemperatureSample = {
        sensors: sensors.map((sensor) => readSensor(tree, sensor)),
        zones: readZones(tree, zones),
        coolers: readCoolers(tree, coolers),
      };
      return { sample, problems: [] };
    },
  };
}

import type { MetricSink } from "../../../core/mod.ts";
import type { PowerSample } from "../../../protocol/mod.ts";

type Supply = PowerSample["supplies"][number];

/** What pmset.ts reads, under the names that node_exporter has for IOKit's values. */
const VALUES: readonly (readonly [name: string, help: string])[] = [
  ["charged", "Whether a battery is full."],
  ["charging", "Whether a battery is being charged."],
  ["current_capacity", "Charge of a battery, in the unit of its largest charge."],
  ["max_capacity", "Largest charge of a battery."],
  ["present", "Whether a battery is there."],
  ["time_to_empty_seconds", "How long a battery will last."],
  ["time_to_full_seconds", "How long it takes to charge a battery."],
];
const SOURCES = ["AC Power", "Battery Power", "Off Line"];
const BATTERY_TYPES: Readonly<Record<string, string>> = { Battery: "InternalBattery" };

/** The metrics that node_exporter has on macOS, as far as pmset tells. */
export function darwinPowerMetrics({ supplies }: PowerSample, sink: MetricSink): void {
  const batteries = supplies.filter(({ values }) => values !== undefined);
  for (const [name, help] of VALUES) {
    sink.family(`node_power_supply_${name}`, "gauge", help);
    for (const { name: supply, values } of batteries) sink.value(values?.[name], { power_supply: supply });
  }
  sink.family("node_power_supply_power_source_state", "gauge", "Where a supply gets its power from.");
  for (const { name, facts } of batteries) {
    for (const state of SOURCES) {
      sink.value(Number(facts?.["power_source_state"] === state), { power_supply: name, state });
    }
  }
  sink.family("node_power_supply_info", "gauge", "What a supply is; the value is always 1.");
  for (const supply of batteries) sink.value(1, infoLabels(supply));
}

function infoLabels({ name, type = "", facts }: Supply): Record<string, string> {
  return { id: facts?.["id"] ?? "", power_supply: name, type: BATTERY_TYPES[type] ?? type };
}

import type { MetricSink } from "../../../core/mod.ts";
import type { PowerSample } from "../../../protocol/mod.ts";
import type { Naming } from "../contract.ts";
import { darwinPowerMetrics } from "./darwin_metrics.ts";
import type { Supply } from "./supply_files.ts";
import { windowsPowerMetrics } from "./windows_metrics.ts";

/** What node_exporter calls differently than the system does. */
const NAMES: Readonly<Record<string, string>> = {
  charge_now: "charge_ampere",
  current_now: "current_ampere",
  cycle_count: "cyclecount",
  energy_now: "energy_watthour",
  power_now: "power_watt",
  time_to_empty_now: "time_to_empty_seconds",
  time_to_full_now: "time_to_full_seconds",
  voltage_now: "voltage_volt",
};
const TEMPERATURE = /^temp(?:_alert|_ambient)?(?:_max|_min)?$/;
const PLAIN = /^[a-z][a-z0-9_]*$/;

export function powerMetrics(sample: PowerSample, sink: MetricSink, naming: Naming): void {
  if (sample.supplies.length === 0) return;
  if (naming === "windows") windowsPowerMetrics(sample, sink);
  else if (naming === "darwin") darwinPowerMetrics(sample, sink);
  else nodePower(sample.supplies, sink);
}

function nodePower(supplies: readonly Supply[], sink: MetricSink): void {
  for (const { name, values } of supplies) {
    for (const key in values) {
      if (PLAIN.test(key) && sink.family(...nodeFamily(key))) sink.value(values[key], { power_supply: name });
    }
  }
  sink.family("node_power_supply_info", "gauge", "What a power supply is, and its state.");
  for (const { name, type, facts } of supplies) {
    const labels: Record<string, string> = { power_supply: name };
    if (type !== undefined) labels["type"] = type;
    for (const key in facts) if (PLAIN.test(key)) labels[key] = facts[key] ?? "";
    sink.value(1, labels);
  }
}

function nodeFamily(key: string): [name: string, type: "gauge", help: string] {
  const name = NAMES[key] ?? (TEMPERATURE.test(key) ? `${key}_celsius` : key);
  return [`node_power_supply_${name}`, "gauge", `Of a power supply: ${key.replaceAll("_", " ")}.`];
}

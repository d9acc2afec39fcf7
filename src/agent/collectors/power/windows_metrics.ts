import type { MetricSink } from "../../../core/mod.ts";
import type { PowerSample } from "../../../protocol/mod.ts";

type Supply = PowerSample["supplies"][number];

const ROWS: readonly (readonly [name: string, help: string, value: (supply: Supply) => number | undefined])[] = [
  ["charge_ratio", "Charge of a battery, from 0 to 1.", ({ chargePercent }) => ratio(chargePercent)],
  ["energy_full_joules", "Energy of a full battery.", ({ values }) => values?.["energy_full_joules"]],
  ["energy_joules", "Energy that is left in a battery.", ({ values }) => values?.["energy_joules"]],
  ["online", "Whether a supply is plugged in.", ({ online }) => online === undefined ? undefined : Number(online)],
  ["power_watts", "Power that flows into or out of a battery.", ({ values }) => values?.["power_watts"]],
  ["remaining_seconds", "How long a battery lasts.", ({ secondsLeft }) => secondsLeft],
];

/** windows_exporter has nothing of power. */
export function windowsPowerMetrics({ supplies }: PowerSample, sink: MetricSink): void {
  for (const [name, help, value] of ROWS) {
    if (!supplies.some((supply) => value(supply) !== undefined)) continue;
    sink.family(`farhand_power_${name}`, "gauge", help);
    for (const supply of supplies) sink.value(value(supply), { supply: supply.name });
  }
}

function ratio(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : percent / 100;
}

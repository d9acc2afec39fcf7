import { type BatteryState, type PowerStatus, type WindowsMeasures, windowsMeasures } from "../../../platform/mod.ts";
import type { PowerSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { readPart } from "../reading/parts.ts";

/** Windows tells of all batteries together. A host without one, such as a server, has only its supply. */
export function windowsPower(
  _options: CollectorsConfig["power"],
  _deps: CollectorDeps,
  measures: WindowsMeasures = windowsMeasures,
): Collector<PowerSample> {
  return {
    collect() {
      const problems: string[] = [];
      const status = measures.powerStatus();
      const battery = status.battery === undefined
        ? null
        : readPart(problems, "capacity of the battery", measures.batteryState) ?? null;
      return { sample: { supplies: suppliesOf(status, battery) }, problems };
    },
  };
}

/** In the words that Linux uses: what is charged, and what is full, depends on the supply being there. */
export function suppliesOf({ onLine, battery }: PowerStatus, state: BatteryState | null): PowerSample["supplies"] {
  const supplies: PowerSample["supplies"] = [];
  if (onLine !== undefined) supplies.push({ name: "AC", type: "Mains", online: onLine });
  if (battery === undefined) return supplies;
  const { charging, chargePercent, secondsLeft } = battery;
  const resting = chargePercent === 100 ? "Full" : "Not charging";
  supplies.push({
    name: "Battery",
    type: "Battery",
    status: charging ? "Charging" : onLine === true ? resting : onLine === false ? "Discharging" : "Unknown",
    chargePercent,
    secondsLeft,
    values: state === null ? undefined : {
      ...(state.capacityJoules !== undefined && { energy_full_joules: state.capacityJoules }),
      ...(state.remainingJoules !== undefined && { energy_joules: state.remainingJoules }),
      ...(state.watts !== undefined && { power_watts: state.watts }),
    },
  });
  return supplies;
}

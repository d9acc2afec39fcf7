import type { PowerSample } from "../../../protocol/mod.ts";

export type Supply = PowerSample["supplies"][number];

/** Files of a supply that hold a number, and what the number is divided by to be in a base unit. */
const DIVISORS: Readonly<Record<string, number>> = {
  authentic: 1,
  calibrate: 1,
  capacity: 1,
  capacity_alert_max: 1,
  capacity_alert_min: 1,
  cycle_count: 1,
  online: 1,
  present: 1,
  time_to_empty_now: 1,
  time_to_full_now: 1,
  charge_control_limit: 1e6,
  charge_control_limit_max: 1e6,
  charge_counter: 1e6,
  charge_empty: 1e6,
  charge_empty_design: 1e6,
  charge_full: 1e6,
  charge_full_design: 1e6,
  charge_now: 1e6,
  charge_term_current: 1e6,
  constant_charge_current: 1e6,
  constant_charge_current_max: 1e6,
  constant_charge_voltage: 1e6,
  constant_charge_voltage_max: 1e6,
  current_boot: 1e6,
  current_max: 1e6,
  current_now: 1e6,
  energy_empty: 1e6,
  energy_empty_design: 1e6,
  energy_full: 1e6,
  energy_full_design: 1e6,
  energy_now: 1e6,
  input_current_limit: 1e6,
  power_now: 1e6,
  precharge_current: 1e6,
  voltage_boot: 1e6,
  voltage_max: 1e6,
  voltage_max_design: 1e6,
  voltage_min: 1e6,
  voltage_min_design: 1e6,
  voltage_now: 1e6,
  voltage_ocv: 1e6,
  temp: 10,
  temp_alert_max: 10,
  temp_alert_min: 10,
  temp_ambient: 10,
  temp_ambient_max: 10,
  temp_ambient_min: 10,
  temp_max: 10,
  temp_min: 10,
};
/** Files that hold a word. */
const FACTS: ReadonlySet<string> = new Set([
  "capacity_level",
  "charge_type",
  "health",
  "manufacturer",
  "model_name",
  "scope",
  "serial_number",
  "status",
  "technology",
  "type",
  "usb_type",
]);
const MAX_FACT = 100;
/** Of either sign: below zero a battery is discharged, or it freezes. */
const SIGNED = /^(?:current|power|charge_counter|temp|constant_charge_current|charge_term_current)/;

export function isSupplyFile(name: string): boolean {
  return Object.hasOwn(DIVISORS, name) || FACTS.has(name);
}

/** One supply of the texts of its files. https://docs.kernel.org/power/power_supply_class.html */
export function parseSupply(name: string, files: ReadonlyMap<string, string>): Supply {
  const values: Record<string, number> = {};
  const facts: Record<string, string> = {};
  for (const [file, text] of files) {
    if (FACTS.has(file)) {
      if (text !== "") facts[file] = text.slice(0, MAX_FACT);
      continue;
    }
    const value = Object.hasOwn(DIVISORS, file) ? numberOf(file, text) : undefined;
    if (value !== undefined) values[file] = value;
  }
  const { online, capacity } = values;
  return {
    name,
    type: facts["type"],
    online: online === undefined ? undefined : online > 0,
    status: facts["status"],
    chargePercent: capacity !== undefined && capacity <= 100 ? capacity : undefined,
    secondsLeft: facts["status"] === "Discharging" ? secondsLeft(values) : undefined,
    values: Object.keys(values).length > 0 ? values : undefined,
    facts: Object.keys(facts).length > 0 ? facts : undefined,
  };
}

function numberOf(file: string, text: string): number | undefined {
  if (!/^-?\d{1,15}$/.test(text)) return undefined;
  const raw = Number(text);
  return raw < 0 && !SIGNED.test(file) ? undefined : raw / (DIVISORS[file] ?? 1) + 0; // no "-0"
}

/** As the battery's own controller says, or by what is left and what is drawn now. */
function secondsLeft(values: Readonly<Record<string, number>>): number | undefined {
  const { time_to_empty_now, energy_now, power_now, charge_now, current_now } = values;
  if (time_to_empty_now !== undefined && time_to_empty_now > 0) return time_to_empty_now;
  return hours(energy_now, power_now) ?? hours(charge_now, current_now);
}

function hours(left: number | undefined, drawn: number | undefined): number | undefined {
  if (left === undefined || drawn === undefined || drawn === 0) return undefined;
  const seconds = (left / Math.abs(drawn)) * 3600;
  return Number.isFinite(seconds) ? Math.round(seconds) : undefined;
}

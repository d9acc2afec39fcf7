import { AppError } from "../../../core/mod.ts";
import { lazy } from "../../lazy.ts";
import { definedOnly, u32, u8, viewOf } from "./layout.ts";
import { openLibrary } from "./library.ts";

// https://learn.microsoft.com/windows/win32/api/powerbase/nf-powerbase-callntpowerinformation
const SYSTEM_BATTERY_STATE = 5;
const PROCESSOR_INFORMATION = 11;
// https://learn.microsoft.com/windows/win32/power/processor-power-information-str
const PROCESSOR = { bytes: 24, number: 0, maxMhz: 4, currentMhz: 8 } as const;
const HERTZ_PER_MHZ = 1_000_000;
// https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-system_battery_state
const BATTERY = { bytes: 32, present: 1, discharging: 3, capacity: 8, remaining: 12, rate: 16 } as const;
const UNKNOWN = 0xffff_ffff;
const JOULES_PER_MILLIWATT_HOUR = 3.6;

export interface ProcessorFrequency {
  readonly number: number;
  readonly hertz?: number;
  readonly maxHertz?: number;
}

export interface BatteryState {
  readonly discharging: boolean;
  readonly capacityJoules?: number;
  readonly remainingJoules?: number;
  readonly watts?: number;
}

const symbols = lazy(() =>
  openLibrary("powrprof.dll", {
    CallNtPowerInformation: { parameters: ["i32", "pointer", "u32", "buffer", "u32"], result: "u32" },
  })
);

/** Of the cores of this program's own processor group; Windows tells of no other. */
export function processorFrequencies(logicalCores: number): ProcessorFrequency[] {
  return parseFrequencies(
    powerInformation("the processor's frequencies", PROCESSOR_INFORMATION, PROCESSOR.bytes * logicalCores),
  );
}

export function parseFrequencies(view: DataView): ProcessorFrequency[] {
  const found: ProcessorFrequency[] = [];
  for (let at = 0; at + PROCESSOR.bytes <= view.byteLength; at += PROCESSOR.bytes) {
    const currentMhz = u32(view, at + PROCESSOR.currentMhz);
    const maxMhz = u32(view, at + PROCESSOR.maxMhz);
    found.push(definedOnly({
      number: u32(view, at + PROCESSOR.number) ?? 0,
      hertz: currentMhz ? currentMhz * HERTZ_PER_MHZ : undefined,
      maxHertz: maxMhz ? maxMhz * HERTZ_PER_MHZ : undefined,
    }));
  }
  return found;
}

/** All batteries together; null when there is none. */
export function batteryState(): BatteryState | null {
  return parseBattery(powerInformation("the state of the battery", SYSTEM_BATTERY_STATE, BATTERY.bytes));
}

export function parseBattery(view: DataView): BatteryState | null {
  if (u8(view, BATTERY.present) !== 1) return null;
  const milliwatts = rate(u32(view, BATTERY.rate));
  return definedOnly({
    discharging: u8(view, BATTERY.discharging) === 1,
    capacityJoules: joules(u32(view, BATTERY.capacity)),
    remainingJoules: joules(u32(view, BATTERY.remaining)),
    watts: milliwatts === undefined ? undefined : milliwatts / 1000,
  });
}

function powerInformation(what: string, level: number, bytes: number): DataView {
  const buffer = new Uint8Array(bytes);
  const status = symbols().CallNtPowerInformation(level, null, 0, buffer, bytes);
  if (status === 0) return viewOf(buffer);
  throw new AppError("unavailable", `Cannot read ${what}: Windows answers 0x${status.toString(16)}`);
}

/** Of milliwatt hours. */
function joules(value: number | undefined): number | undefined {
  return value === undefined || value === UNKNOWN || value === 0 ? undefined : value * JOULES_PER_MILLIWATT_HOUR;
}

/** What flows into or out of the battery; out of it is negative in 32 bits, and one certain number is "unknown". */
function rate(value: number | undefined): number | undefined {
  const unknownRate = 0x8000_0000;
  return value === undefined || value === unknownRate || value === UNKNOWN ? undefined : Math.abs(value | 0);
}

import type { TemperatureSample } from "../../../protocol/mod.ts";

export type Sensor = TemperatureSample["sensors"][number];
export type SensorKind = Sensor["kind"];

/** What a file of a hwmon directory is of: `temp1_crit_alarm` is the element `crit_alarm` of the sensor `temp1`. */
export interface SensorFile {
  readonly sensor: string;
  readonly type: string;
  readonly element: string;
}

/** https://docs.kernel.org/hwmon/sysfs-interface.html */
const KINDS: Readonly<Record<string, SensorKind>> = {
  temp: "temperature",
  fan: "fan",
  in: "voltage",
  cpu: "voltage",
  curr: "current",
  power: "power",
  energy: "energy",
  humidity: "humidity",
  pwm: "other",
  vrm: "other",
  intrusion: "other",
  beep_enable: "other",
  update_interval: "other",
};
const FILE = /^([^0-9]+)([0-9]{0,6})(?:_(.{1,100}))?$/;
const ABSOLUTE_ZERO = -273.15;

/** Null for what is no sensor's. */
export function sensorFile(name: string): SensorFile | null {
  const [, type = "", number = "", element = ""] = FILE.exec(name) ?? [];
  return Object.hasOwn(KINDS, type) ? { sensor: `${type}${Number(number)}`, type, element } : null;
}

/** The letters that a sensor's name begins with. */
export function typeOf(sensor: string): string {
  return /^[^0-9]*/.exec(sensor)?.[0] ?? "";
}

export function kindOf(type: string): SensorKind {
  return KINDS[type] ?? "other";
}

/** Whether an element is a switch or a count, which has no unit. */
export function hasUnit(type: string, element: string): boolean {
  if (/(?:^|_)(?:alarm|fault|beep|enable|type|label)$/.test(element)) return false;
  if (type === "fan") return ["input", "min", "max", "target"].includes(element);
  return kindOf(type) !== "other";
}

/** The number in a file in the unit of its kind: Celsius, rpm, volts, amperes, watts, joules, or a ratio. */
export function sensorValue(type: string, element: string, text: string): number | undefined {
  if (!/^-?\d{1,18}$/.test(text)) return undefined;
  const raw = Number(text);
  if (!hasUnit(type, element)) return raw >= 0 ? raw : undefined;
  switch (kindOf(type)) {
    case "temperature":
      return raw / 1000 >= ABSOLUTE_ZERO || element === "offset" ? milli(raw) : undefined;
    case "voltage":
    case "current":
      return milli(raw); // of either sign
    case "fan":
      return raw >= 0 ? raw : undefined;
    case "power":
      if (element.startsWith("average_interval")) return raw >= 0 ? milli(raw) : undefined;
      return raw / 1e6;
    case "energy":
      return raw >= 0 ? raw / 1e6 : undefined;
    case "humidity":
      return raw >= 0 ? raw / 1e5 : undefined; // thousandths of a percent
    default:
      return raw;
  }
}

/** By division, which gives the nearest number to the decimal that was meant: 36600 is 36.6. */
function milli(raw: number): number {
  return raw / 1000;
}

/** As node_exporter makes label values of the kernel's names. */
export function cleanName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9:_]/g, "_").replaceAll(/^_+|_+$/g, "");
}

/** A chip by the path of its device, `…/platform/coretemp.0`, which stays the same when the kernel numbers chips anew. */
export function chipOfDevice(path: string): string {
  const [device = "", parent = ""] = path.split("/").filter((part) => part !== "").reverse().map(cleanName);
  return parent !== "" && device !== "" ? `${parent}_${device}` : device;
}

import type { MetricType } from "../../../core/mod.ts";
import { cleanName, hasUnit, kindOf, typeOf } from "./sensor_files.ts";

/** A metric of a sensor; `factor` is what the sample's value is multiplied by. */
export interface HwmonMetric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly factor: number;
}

const PREFIX = "node_hwmon_";

/**
 * The metric that node_exporter makes of an element; "" is the sensor's value. It gives every element but `alarm`,
 * `fault` and `beep` the unit of its sensor, be it a switch or not: node_hwmon_temp_crit_alarm_celsius is one, a
 * thousandth of a degree for an alarm. Who has rules for these names has them for these values, so they are kept.
 */
export function hwmonMetric(sensor: string, element: string): HwmonMetric {
  const type = typeOf(sensor);
  const special = SPECIAL[type];
  if (special !== undefined && element === "") return { ...special, type: "gauge" };
  const base = `${PREFIX}${type}${element === "" ? "" : `_${cleanName(element)}`}`;
  if (element === "alarm" || element === "fault") {
    return gauge(base, `Whether a sensor of this kind shows: ${element}.`);
  }
  if (element === "beep") return gauge(`${base}_enabled`, "Whether a sensor of this kind may beep.");
  const what = element === "" ? "Measured" : `The ${element.replaceAll("_", " ")} of what is measured`;
  const ofUnit = (suffix: string, unit: string, scale: number): HwmonMetric => ({
    ...gauge(`${base}${suffix}`, `${what}, in ${unit}.`),
    factor: element === "" || hasUnit(type, element) ? 1 : scale,
  });
  switch (kindOf(type)) {
    case "voltage":
      return ofUnit("_volts", "volts", 1e-3);
    case "current":
      return ofUnit("_amps", "amperes", 1e-3);
    case "energy":
      return { ...ofUnit("_joule_total", "joules", 1e-6), type: "counter" };
    case "temperature":
      return element === "type"
        ? gauge(base, "The kind of a temperature sensor.")
        : ofUnit("_celsius", "Celsius", 1e-3);
    case "power":
      if (element === "accuracy") return gauge(base, "The accuracy of a power meter, as a ratio.");
      return element.startsWith("average_interval")
        ? ofUnit("_seconds", "seconds", 1e-3)
        : ofUnit("_watt", "watts", 1e-6);
    case "humidity":
      return gauge(base, `${what}, as a ratio.`);
    case "fan":
      return element === "" || hasUnit(type, element)
        ? ofUnit("_rpm", "turns in a minute", 1)
        : gauge(base, `The ${element} of a fan.`);
    default:
      return gauge(base, `${what}, as the driver gives it.`);
  }
}

const SPECIAL: Readonly<Record<string, Omit<HwmonMetric, "type">>> = {
  beep_enable: { name: `${PREFIX}beep_enabled`, help: "Whether a chip may beep.", factor: 1 },
  vrm: { name: `${PREFIX}voltage_regulator_version`, help: "The version of a voltage regulator.", factor: 1 },
  update_interval: {
    name: `${PREFIX}update_interval_seconds`,
    help: "How often a chip measures, in seconds.",
    factor: 1e-3,
  },
};

function gauge(name: string, help: string): HwmonMetric {
  return { name, type: "gauge", help, factor: 1 };
}

import type { TemperatureSample } from "../../../protocol/mod.ts";
import type { TreeReader } from "../reading/tree_reader.ts";
import { count } from "../reading/counts.ts";
import { sensorValue } from "./sensor_files.ts";

type Zone = TemperatureSample["zones"][number];
type Cooler = NonNullable<TemperatureSample["coolers"]>[number];

interface KnownZone {
  readonly zone: string;
  readonly type: string;
  readonly path: string;
}
interface KnownCooler {
  readonly name: string;
  readonly type: string;
  readonly max: number;
  readonly path: string;
}
export interface KnownThermal {
  readonly zones: readonly KnownZone[];
  readonly coolers: readonly KnownCooler[];
}

const ZONE = "thermal_zone";
const COOLER = "cooling_device";
const MAX_EACH = 1000;

/** https://docs.kernel.org/driver-api/thermal/sysfs-api.html */
export function findThermal(tree: TreeReader): KnownThermal {
  const directory = tree.sys("class", "thermal");
  const zones: KnownZone[] = [];
  const coolers: KnownCooler[] = [];
  for (const name of tree.list(directory).sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    const type = tree.line(`${directory}/${name}/type`) ?? "";
    if (name.startsWith(ZONE) && zones.length < MAX_EACH) {
      zones.push({ zone: name.slice(ZONE.length), type, path: `${directory}/${name}/temp` });
    } else if (name.startsWith(COOLER) && coolers.length < MAX_EACH) {
      const max = count(tree.line(`${directory}/${name}/max_state`) ?? "");
      if (max === undefined) continue;
      coolers.push({ name: name.slice(COOLER.length), type, max, path: `${directory}/${name}/cur_state` });
    }
  }
  return { zones, coolers };
}

/** A zone whose sensor is off, as that of a radio, has no temperature now. */
export function readZones(tree: TreeReader, zones: readonly KnownZone[]): Zone[] {
  return zones.flatMap(({ zone, type, path }) => {
    const celsius = sensorValue("temp", "input", tree.line(path) ?? "");
    return celsius === undefined ? [] : [{ zone, type, celsius }];
  });
}

export function readCoolers(tree: TreeReader, coolers: readonly KnownCooler[]): Cooler[] | undefined {
  if (coolers.length === 0) return undefined;
  return coolers.flatMap(({ name, type, max, path }) => {
    const state = count(tree.line(path) ?? "");
    return state === undefined ? [] : [{ name, type, state, max }];
  });
}

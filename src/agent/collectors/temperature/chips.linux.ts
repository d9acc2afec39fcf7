import type { TreeReader } from "../reading/tree_reader.ts";
import { chipOfDevice, cleanName, kindOf, type Sensor, sensorFile, sensorValue, typeOf } from "./sensor_files.ts";

/** Elements of which the value changes by itself; limits and the like are read again only now and then. */
const CHANGES = /^$|(?:^|_)(?:input|average|alarm|fault|highest|lowest)$/;
const MAX_SENSORS = 2000;

interface KnownSensor {
  readonly facts: Omit<Sensor, "value" | "limits">;
  readonly type: string;
  readonly lasting: Readonly<Record<string, number>>;
  /** What is read each time, with its path. */
  readonly changing: readonly (readonly [element: string, path: string])[];
}

/** Looks which sensors there are, and reads what does not change of each. */
export function findSensors(tree: TreeReader): KnownSensor[] {
  const found = new Map<string, KnownSensor>();
  const directory = tree.sys("class", "hwmon");
  for (const name of tree.list(directory).sort()) {
    for (const sensor of sensorsOfChip(tree, `${directory}/${name}`, name)) {
      // A device with two drivers has one name: of sensors that are called the same the first counts.
      const key = `${sensor.facts.chip} ${sensor.facts.sensor}`;
      if (!found.has(key) && found.size < MAX_SENSORS) found.set(key, sensor);
    }
  }
  return [...found.values()];
}

export function readSensor(tree: TreeReader, { facts, type, lasting, changing }: KnownSensor): Sensor {
  const limits: Record<string, number> = { ...lasting };
  let value: number | undefined;
  for (const [element, path] of changing) {
    const text = tree.line(path);
    const number = text === null ? undefined : sensorValue(type, element, text);
    if (element === "" || element === "input") value ??= number;
    else if (number !== undefined) limits[element] = number;
  }
  return { ...facts, value, limits: Object.keys(limits).length > 0 ? limits : undefined };
}

function sensorsOfChip(tree: TreeReader, directory: string, name: string): KnownSensor[] {
  const device = realPath(`${directory}/device`);
  const driver = cleanName(tree.line(`${directory}/name`) ?? "");
  const chip = (device === null ? "" : chipOfDevice(device)) || driver || cleanName(name);
  const files = new Map<string, Map<string, string>>();
  addFiles(files, tree, directory);
  // Older drivers keep their files beside the device. A battery's are no sensors, though they are called like some.
  if (device !== null && !chip.startsWith("power_supply_")) addFiles(files, tree, `${directory}/device`);
  return [...files].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })).map(([sensor, paths]) =>
    knownSensor(tree, { chip, chipName: driver || undefined, sensor }, paths)
  );
}

function addFiles(files: Map<string, Map<string, string>>, tree: TreeReader, directory: string): void {
  for (const name of tree.list(directory)) {
    const file = sensorFile(name);
    if (file === null) continue;
    const paths = files.get(file.sensor) ?? new Map<string, string>();
    files.set(file.sensor, paths);
    if (!paths.has(file.element)) paths.set(file.element, `${directory}/${name}`);
  }
}

function knownSensor(
  tree: TreeReader,
  names: Pick<Sensor, "chip" | "chipName" | "sensor">,
  paths: ReadonlyMap<string, string>,
): KnownSensor {
  const type = typeOf(names.sensor);
  const lasting: Record<string, number> = {};
  const changing: [string, string][] = [];
  for (const [element, path] of [...paths].sort(([a], [b]) => a < b ? -1 : 1)) {
    if (element === "label") continue;
    if (CHANGES.test(element)) {
      changing.push([element, path]);
      continue;
    }
    const text = tree.line(path);
    const value = text === null ? undefined : sensorValue(type, element, text);
    if (value !== undefined) lasting[element] = value;
  }
  const labelPath = paths.get("label");
  const label = labelPath === undefined ? undefined : tree.line(labelPath) ?? undefined;
  return { facts: { ...names, label, kind: kindOf(type) }, type, lasting, changing };
}

/** Where the links to a device lead in the end; null for a chip without a device. */
function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null; // chips of drivers without a device, such as that of a virtual one, have no such link
  }
}

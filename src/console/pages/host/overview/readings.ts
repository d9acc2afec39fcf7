import type {
  DiskSample,
  MountUse,
  NetworkInterface,
  NetworkSample,
  PressureSample,
  SamplesReport,
  TemperatureSample,
} from "../../../../protocol/mod.ts";
import { isRecord, numberOf, optionalText, present, recordsOf, textOf, textsOf } from "../../shared/host_values.ts";

/** What the page asks a host for. */
export const SHOWN_COLLECTORS = ["disk", "network", "pressure", "temperature", "processes", "host"] as const;
type ShownCollector = (typeof SHOWN_COLLECTORS)[number];

/** More rows of a kind than these no person reads, and no host should make a browser draw. */
export const MAX_ROWS = 200;
const MAX_ADDRESSES = 8;

export interface MountRow {
  readonly mountPoint: string;
  readonly device: string;
  readonly type: string;
  readonly isReadOnly: boolean;
  readonly sizeBytes?: number;
  readonly usedBytes?: number;
  readonly availableBytes?: number;
  readonly usedPercent?: number;
  readonly inodesUsedPercent?: number;
  readonly error?: string;
}

export interface InterfaceRow {
  readonly name: string;
  readonly state: string;
  readonly addresses: readonly string[];
  readonly mac?: string;
  readonly speedBytesPerSecond?: number;
  readonly receiveBytesPerSecond?: number;
  readonly transmitBytesPerSecond?: number;
  readonly receivedBytes?: number;
  readonly transmittedBytes?: number;
  readonly errors?: number;
  readonly drops?: number;
}

export interface PressureRow {
  readonly resource: "cpu" | "memory" | "io" | "irq";
  /** Percent of the time in which some tasks waited, or all of them; of the last 10 s, and of the last 5 min. */
  readonly some10?: number;
  readonly some300?: number;
  readonly full10?: number;
  readonly full300?: number;
}

export interface SensorRow {
  readonly name: string;
  readonly kind: "temperature" | "fan";
  readonly value: number;
  /** From which on it is too hot. */
  readonly limit?: number;
}

/** A host says what it likes: what is not as its schema says is as good as absent. */
export class Readings {
  readonly #byCollector: ReadonlyMap<string, Readonly<Record<string, unknown>>>;

  constructor(report: Pick<SamplesReport, "readings"> | null) {
    const readings = recordsOf(report?.readings, MAX_ROWS);
    this.#byCollector = new Map(readings.map((reading) => [textOf(reading["collector"]), reading]));
  }

  /** What could not be read and why. */
  problems(collector: ShownCollector): readonly string[] {
    return textsOf(this.#byCollector.get(collector)?.["problems"], MAX_ROWS);
  }

  mounts(): MountRow[] {
    const { mounts } = this.#sample<DiskSample>("disk");
    const points = this.#points("disk");
    return rowsOf(mounts, (mount: Partial<MountUse>) => {
      const mountPoint = textOf(mount.mountPoint);
      const point = (series: string) => numberOf(points[`${series}{mount=${JSON.stringify(mountPoint)}}`]);
      return {
        mountPoint,
        device: textOf(mount.device),
        type: textOf(mount.type),
        isReadOnly: mount.readOnly === true,
        ...present({
          sizeBytes: numberOf(mount.sizeBytes),
          usedBytes: numberOf(mount.usedBytes),
          availableBytes: numberOf(mount.availableBytes),
          usedPercent: point("disk.used_percent") ?? usedPercent(mount),
          inodesUsedPercent: point("disk.inodes_used_percent"),
          error: optionalText(mount.error),
        }),
      };
    });
  }

  /** Those that carry something first; the host's talk with itself last. */
  interfaces(): InterfaceRow[] {
    const { interfaces } = this.#sample<NetworkSample>("network");
    const points = this.#points("network");
    const rows = rowsOf(interfaces, (one: Partial<NetworkInterface>) => {
      const name = textOf(one.name);
      const point = (series: string) => numberOf(points[`${series}{interface=${JSON.stringify(name)}}`]);
      const { receive, transmit } = one;
      return {
        name,
        state: one.up === undefined ? textOf(one.state) : one.up ? "up" : "down",
        addresses: textsOf(one.addresses, MAX_ADDRESSES),
        ...present({
          mac: optionalText(one.mac),
          speedBytesPerSecond: numberOf(one.speedBytesPerSecond),
          receiveBytesPerSecond: point("network.receive_bytes_per_second"),
          transmitBytesPerSecond: point("network.transmit_bytes_per_second"),
          receivedBytes: numberOf(receive?.bytes),
          transmittedBytes: numberOf(transmit?.bytes),
          errors: sum(receive?.errors, transmit?.errors),
          drops: sum(receive?.dropped, transmit?.dropped),
        }),
      };
    });
    const rank = ({ name, state }: InterfaceRow) => name === "lo" ? 2 : state === "up" ? 0 : 1;
    return rows.sort((a, b) => rank(a) - rank(b));
  }

  pressures(): PressureRow[] {
    const sample = this.#sample<PressureSample>("pressure");
    return (["cpu", "memory", "io", "irq"] as const).flatMap((resource) => {
      const given = sample[resource];
      if (!isRecord(given)) return [];
      const shares = present({
        some10: numberOf(given.some?.avg10),
        some300: numberOf(given.some?.avg300),
        full10: numberOf(given.full?.avg10),
        full300: numberOf(given.full?.avg300),
      });
      return Object.keys(shares).length === 0 ? [] : [{ resource, ...shares }];
    });
  }

  /** Temperatures and fans; voltages and the like are for who asks the host itself. The warmest first. */
  sensors(): SensorRow[] {
    const { sensors, zones } = this.#sample<TemperatureSample>("temperature");
    const ofSensors = rowsOf(sensors, ({ chip, chipName, sensor, label, kind, value, limits }): SensorRow | null => {
      const number = numberOf(value);
      if (number === undefined || (kind !== "temperature" && kind !== "fan")) return null;
      const limit = kind === "temperature" ? numberOf(limits?.["crit"]) ?? numberOf(limits?.["max"]) : undefined;
      const name = `${textOf(chipName ?? chip)} ${textOf(label ?? sensor)}`;
      return { name, kind, value: number, ...present({ limit }) };
    });
    const ofZones = rowsOf(zones, ({ zone, type, celsius }): SensorRow | null => {
      const value = numberOf(celsius);
      return value === undefined ? null : { name: `${textOf(zone)} ${textOf(type)}`, kind: "temperature", value };
    });
    const warmth = ({ kind, value }: SensorRow) => kind === "fan" ? -Infinity : value;
    return [...ofSensors, ...ofZones].filter((row) => row !== null).sort((a, b) => warmth(b) - warmth(a) || 0);
  }

  #sample<T>(collector: ShownCollector): Partial<T> {
    const sample = this.#byCollector.get(collector)?.["sample"];
    return isRecord(sample) ? sample as Partial<T> : {};
  }

  #points(collector: ShownCollector): Readonly<Record<string, unknown>> {
    const points = this.#byCollector.get(collector)?.["points"];
    return isRecord(points) ? points : {};
  }
}

function usedPercent({ usedBytes, availableBytes }: Partial<MountUse>): number | undefined {
  const [used, available] = [numberOf(usedBytes), numberOf(availableBytes)];
  if (used === undefined || available === undefined || used + available <= 0) return undefined;
  return used / (used + available) * 100;
}

/** A list of records as rows, bounded; one that cannot be read is left out. */
function rowsOf<In, Out>(list: readonly In[] | undefined, rowOf: (each: Partial<In>) => Out): Out[] {
  return recordsOf(list, MAX_ROWS).map((each) => rowOf(each as Partial<In>)); // each value is looked at where it is used
}

function sum(a: unknown, b: unknown): number | undefined {
  const [first, second] = [numberOf(a), numberOf(b)];
  return first === undefined && second === undefined ? undefined : (first ?? 0) + (second ?? 0);
}

import type { Clock } from "../../../core/mod.ts";
import type { DiskDevice } from "../../../protocol/mod.ts";
import type { HeldFile, TreeReader } from "../reading/tree_reader.ts";
import { chooser } from "./choice.ts";
import { type DeviceFacts, readDeviceFacts } from "./device_facts.linux.ts";
import { parseDiskstats } from "./diskstats.linux.ts";

/** As node_exporter has it: RAM disks, loops, floppies, and the partitions of the common disks. */
const PSEUDO_DEVICE = /^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;
/** udev may know a new device only after a while, and a file system may be made on it. */
const FACTS_LAST_MS = 10 * 60_000;
/** How many devices' facts are read anew in one reading, so that a host with many does not do it all at once. */
const MAX_RENEWALS = 8;

interface Known {
  major: number | undefined;
  minor: number | undefined;
  /** Of the reading before: fewer now means that another device has the name. */
  reads: number;
  facts: DeviceFacts;
  factsAtMs: number;
  /** Number of the reading that saw it last. */
  seenIn: number;
}

export interface DeviceOptions {
  readonly devices: readonly string[];
  readonly exclude_devices: readonly string[];
}

/** Reads the counters of disks, and keeps what they are. */
export class DeviceReader {
  readonly #tree: TreeReader;
  readonly #clock: Clock;
  readonly #file: HeldFile;
  readonly #isWanted: (name: string) => boolean;
  readonly #known = new Map<string, Known>();
  #reading = 0;

  constructor(options: DeviceOptions, tree: TreeReader, clock: Clock) {
    this.#tree = tree;
    this.#clock = clock;
    this.#file = tree.hold(tree.proc("diskstats"));
    this.#isWanted = chooser(options.devices, options.exclude_devices, (name) => PSEUDO_DEVICE.test(name));
  }

  /** Null when there is no such file. */
  read(): DiskDevice[] | null {
    const text = this.#file.text();
    if (text === null) return null;
    const reading = ++this.#reading;
    const devices: DiskDevice[] = [];
    let renewals = 0;
    for (const device of parseDiskstats(text, this.#isWanted)) {
      const before = this.#known.get(device.name);
      if (before?.seenIn === reading) continue; // no name stands twice in what a kernel writes
      let known = before !== undefined && isSame(before, device, reading) ? before : undefined;
      if (known !== undefined && renewals < MAX_RENEWALS && this.#isOld(known)) {
        known = undefined;
        renewals++;
      }
      known ??= this.#learn(device);
      known.reads = device.reads ?? 0;
      known.seenIn = reading;
      device.facts = known.facts;
      devices.push(device);
    }
    if (this.#known.size > devices.length) this.#forget(reading);
    return devices;
  }

  close(): void {
    this.#file.close();
  }

  #learn({ name, major, minor }: DiskDevice): Known {
    const facts = readDeviceFacts(this.#tree, name, major, minor);
    const known = { major, minor, reads: 0, facts, factsAtMs: this.#clock.monotonicMs(), seenIn: 0 };
    this.#known.set(name, known);
    return known;
  }

  #isOld({ factsAtMs }: Known): boolean {
    return this.#clock.monotonicMs() - factsAtMs >= FACTS_LAST_MS;
  }

  #forget(reading: number): void {
    for (const [name, { seenIn }] of this.#known) if (seenIn !== reading) this.#known.delete(name);
  }
}

function isSame(before: Known, { major, minor, reads }: DiskDevice, reading: number): boolean {
  return before.major === major && before.minor === minor && (reads ?? 0) >= before.reads &&
    before.seenIn === reading - 1;
}

import type { Clock } from "../../../core/mod.ts";
import type { DiskCounters, WindowsMeasures } from "../../../platform/mod.ts";
import type { DiskDevice, MountUse, VolumeCounters } from "../../../protocol/mod.ts";
import { nameFilter } from "../name_filter.ts";
import { readPart } from "../reading/parts.ts";
import { WideCounters } from "../reading/wide_counters.ts";

/** What Windows counts of disks and of drives. */
export class DiskCounterReader {
  readonly #measures: WindowsMeasures;
  readonly #clock: Clock;
  readonly #isWanted: (name: string) => boolean;
  readonly #wide = new WideCounters();
  readonly #busy = new Map<string, BusyTime>();

  constructor(
    options: { readonly devices: readonly string[]; readonly exclude_devices: readonly string[] },
    clock: Clock,
    measures: WindowsMeasures,
  ) {
    this.#measures = measures;
    this.#clock = clock;
    this.#isWanted = nameFilter({ include: options.devices, exclude: options.exclude_devices });
  }

  /** Undefined when not even the list of disks can be read. */
  disks(problems: string[]): DiskDevice[] | undefined {
    const names = readPart(problems, "disks", this.#measures.physicalDisks)?.filter(this.#isWanted);
    return names?.flatMap((name) => {
      const counters = readPart(problems, name, () => this.#measures.diskCounters(name));
      if (counters === undefined) return [];
      const { reads, writes, splits } = this.#widened(name, counters);
      return [{
        name,
        reads,
        readBytes: counters.readBytes,
        readSeconds: counters.readSeconds,
        writes,
        writtenBytes: counters.writtenBytes,
        writeSeconds: counters.writeSeconds,
        inProgress: counters.queued,
        busySeconds: this.#busySeconds(name, counters.idleSeconds),
        weightedSeconds: sum(counters.readSeconds, counters.writeSeconds),
        idleSeconds: counters.idleSeconds,
        splits,
      }];
    });
  }

  /** Adds to a drive what is counted of it, and which disks it lies on. */
  withCounters(mount: MountUse, problems: string[]): MountUse {
    const { mountPoint: name } = mount;
    const what = `drive ${name.slice(0, 1)}`; // a colon belongs behind what a problem is of
    const counters = readPart(problems, what, () => this.#measures.diskCounters(name));
    const disks = readPart(problems, what, () => this.#measures.disksOf(name));
    return {
      ...mount,
      ...(counters !== undefined && { counters: this.#volumeCounters(name, counters) }),
      facts: { ...mount.facts, ...(disks !== undefined && { disks: disks.join(";") }) },
    };
  }

  #volumeCounters(name: string, counters: DiskCounters): VolumeCounters {
    const { queued: inProgress, ...others } = counters;
    return { ...others, ...this.#widened(name, counters), inProgress };
  }

  #widened(name: string, { reads, writes, splits }: DiskCounters): Pick<DiskDevice, "reads" | "writes" | "splits"> {
    return {
      reads: this.#wide.next(`${name} reads`, reads),
      writes: this.#wide.next(`${name} writes`, writes),
      splits: this.#wide.next(`${name} splits`, splits),
    };
  }

  #busySeconds(name: string, idleSeconds: number | undefined): number | undefined {
    if (idleSeconds === undefined) return undefined;
    const nowSeconds = this.#clock.monotonicMs() / 1000;
    let busy = this.#busy.get(name);
    if (busy === undefined) this.#busy.set(name, busy = new BusyTime(nowSeconds, idleSeconds));
    return busy.at(nowSeconds, idleSeconds);
  }
}

/**
 * Windows counts the time in which a disk had nothing to do. The rest of the time, since it was first looked at, it was
 * busy. The two clocks are not quite the same, so what was told once stands.
 */
export class BusyTime {
  #seconds = 0;
  #atSeconds: number;
  #idleSeconds: number;

  constructor(nowSeconds: number, idleSeconds: number) {
    this.#atSeconds = nowSeconds;
    this.#idleSeconds = idleSeconds;
  }

  at(nowSeconds: number, idleSeconds: number): number {
    const idle = idleSeconds - this.#idleSeconds;
    const elapsed = nowSeconds - this.#atSeconds;
    [this.#atSeconds, this.#idleSeconds] = [nowSeconds, idleSeconds];
    // Less idle time than before is another disk under the same name, of which nothing is known yet.
    if (idle >= 0 && elapsed > 0) this.#seconds += Math.max(0, elapsed - idle);
    return this.#seconds;
  }
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

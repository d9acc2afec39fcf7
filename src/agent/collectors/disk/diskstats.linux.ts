import type { DiskDevice } from "../../../protocol/mod.ts";
import { countAt, countsAt, forEachLine } from "../reading/counts.ts";

const SECTOR_BYTES = 512; // whatever the sectors of the disk itself have
const FIELDS = 17;
/** Of kernels before 2.6.25, which know of partitions only reads, sectors read, writes and sectors written. */
const OLD_PARTITION_FIELDS = 4;
/** Kernels that lost count of what is under way show a number below zero as a large one. */
const MAX_IN_PROGRESS = 2 ** 31;
const SPACE = 32;

/**
 * Parses /proc/diskstats: kernels have 11, 15 or 17 fields after the name, and may have more one day. What is not a
 * number is absent, and so are devices that are not wanted. https://docs.kernel.org/admin-guide/iostats.html
 */
export function parseDiskstats(text: string, isWanted: (name: string) => boolean): DiskDevice[] {
  const devices: DiskDevice[] = [];
  forEachLine(text, (start, end) => {
    const major = wordAt(text, start, end);
    const minor = wordAt(text, major.end, end);
    const name = wordAt(text, minor.end, end);
    if (name.start === name.end) return;
    const identity = {
      name: text.slice(name.start, name.end),
      major: countAt(text, major.start, major.end),
      minor: countAt(text, minor.start, minor.end),
    };
    if (!isWanted(identity.name)) return;
    const fields = countsAt(text, name.end, end, FIELDS);
    devices.push(fields.length === OLD_PARTITION_FIELDS ? oldPartition(identity, fields) : device(identity, fields));
  });
  return devices;
}

type Field = number | undefined;
type Identity = Pick<DiskDevice, "name" | "major" | "minor">;

function device(identity: Identity, fields: readonly Field[]): DiskDevice {
  const inProgress = fields[8];
  return {
    ...identity,
    reads: fields[0],
    readsMerged: fields[1],
    readBytes: bytes(fields[2]),
    readSeconds: seconds(fields[3]),
    writes: fields[4],
    writesMerged: fields[5],
    writtenBytes: bytes(fields[6]),
    writeSeconds: seconds(fields[7]),
    inProgress: inProgress !== undefined && inProgress < MAX_IN_PROGRESS ? inProgress : undefined,
    busySeconds: seconds(fields[9]),
    weightedSeconds: seconds(fields[10]),
    discards: fields[11],
    discardsMerged: fields[12],
    discardedSectors: fields[13],
    discardSeconds: seconds(fields[14]),
    flushes: fields[15],
    flushSeconds: seconds(fields[16]),
  };
}

function oldPartition(identity: Identity, [reads, sectorsRead, writes, sectorsWritten]: readonly Field[]): DiskDevice {
  return { ...identity, reads, readBytes: bytes(sectorsRead), writes, writtenBytes: bytes(sectorsWritten) };
}

function bytes(sectors: Field): Field {
  return sectors === undefined ? undefined : sectors * SECTOR_BYTES;
}

function seconds(ms: Field): Field {
  return ms === undefined ? undefined : ms / 1000;
}

/** The word that comes next in the part [start, end) of a text; an empty one at its end. */
function wordAt(text: string, start: number, end: number): { readonly start: number; readonly end: number } {
  let from = start;
  while (from < end && text.charCodeAt(from) === SPACE) from++;
  let to = from;
  while (to < end && text.charCodeAt(to) !== SPACE) to++;
  return { start: from, end: to };
}

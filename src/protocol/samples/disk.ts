import * as z from "zod/mini";
import { byteCount, bytes, count, seconds } from "./units.ts";

/** What a volume has read and written, where the system counts that by volume: Windows. */
export const volumeCounters = () =>
  z.object({
    reads: z.optional(count()),
    readBytes: z.optional(byteCount()),
    readSeconds: z.optional(seconds()),
    writes: z.optional(count()),
    writtenBytes: z.optional(byteCount()),
    writeSeconds: z.optional(seconds()),
    idleSeconds: z.optional(seconds()),
    splits: z.optional(count()),
    inProgress: z.optional(z.number()),
  });
export type VolumeCounters = z.output<ReturnType<typeof volumeCounters>>;

export const mountUse = () =>
  z.object({
    mountPoint: z.string(),
    device: z.string(),
    type: z.string(),
    readOnly: z.boolean(),
    sizeBytes: z.optional(bytes()),
    usedBytes: z.optional(bytes()),
    freeBytes: z.optional(bytes()),
    availableBytes: z.optional(bytes().check(z.describe("What a user without privileges can still write."))),
    inodes: z.optional(z.number()),
    inodesFree: z.optional(z.number()),
    label: z.optional(z.string()),
    counters: z.optional(volumeCounters()),
    facts: z.optional(
      z.record(z.string(), z.string()).check(z.describe("On Windows: kind, disks and serial_number of a volume.")),
    ),
    error: z.optional(
      z.string().check(z.describe("Why its use could not be read; `stuck: …` while it does not answer.")),
    ),
  });
export type MountUse = z.output<ReturnType<typeof mountUse>>;

export const diskDevice = () =>
  z.object({
    name: z.string(),
    major: z.optional(z.number()),
    minor: z.optional(z.number()),
    reads: z.optional(count()),
    readsMerged: z.optional(count()),
    readBytes: z.optional(byteCount()),
    readSeconds: z.optional(seconds()),
    readErrors: z.optional(count()),
    readRetries: z.optional(count()),
    writes: z.optional(count()),
    writesMerged: z.optional(count()),
    writtenBytes: z.optional(byteCount()),
    writeSeconds: z.optional(seconds()),
    writeErrors: z.optional(count()),
    writeRetries: z.optional(count()),
    inProgress: z.optional(z.number()),
    busySeconds: z.optional(seconds()),
    weightedSeconds: z.optional(seconds()),
    idleSeconds: z.optional(seconds()),
    splits: z.optional(count().check(z.describe("Requests that were split into several (Windows)."))),
    discards: z.optional(count()),
    discardsMerged: z.optional(count()),
    discardedSectors: z.optional(count()),
    discardSeconds: z.optional(seconds()),
    flushes: z.optional(count()),
    flushSeconds: z.optional(seconds()),
    facts: z.optional(
      z.record(z.string(), z.string()).check(z.describe("What the device is: model, serial, wwn, revision, path …")),
    ),
  });
export type DiskDevice = z.output<ReturnType<typeof diskDevice>>;

export const raidArray = () =>
  z.object({
    name: z.string(),
    level: z.optional(z.string()),
    state: z.string().check(z.describe("active, inactive, recovering, resyncing or checking.")),
    disksRequired: z.optional(z.number()),
    disksActive: z.optional(z.number()),
    disksFailed: z.optional(z.number()),
    disksSpare: z.optional(z.number()),
    blocks: z.optional(z.number().check(z.describe("Size, in blocks of 1 KiB."))),
    blocksSynced: z.optional(z.number()),
  });
export type RaidArray = z.output<ReturnType<typeof raidArray>>;

export const diskSample = () =>
  z.object({
    mounts: z.array(mountUse()),
    devices: z.array(diskDevice()),
    arrays: z.optional(z.array(raidArray()).check(z.describe("Software RAID (Linux)."))),
  });
export type DiskSample = z.output<ReturnType<typeof diskSample>>;

import type { DiskDevice, DiskSample, MountUse } from "../../../protocol/mod.ts";
import type { EmitPoint } from "../contract.ts";
import { percentOfTime, perSecond } from "../rates.ts";
import { headlineDevices, headlineMounts } from "./headline.ts";

type DeviceValue = (now: DiskDevice, before: DiskDevice | undefined, elapsedSeconds: number) => number | undefined;

const DEVICE_VALUES: readonly (readonly [series: string, value: DeviceValue])[] = [
  ["disk.busy_percent", (now, before, elapsed) => percentOfTime(now.busySeconds, before?.busySeconds, elapsed)],
  ["disk.read_bytes_per_second", (now, before, elapsed) => perSecond(now.readBytes, before?.readBytes, elapsed)],
  ["disk.write_bytes_per_second", (now, before, elapsed) => perSecond(now.writtenBytes, before?.writtenBytes, elapsed)],
  ["disk.reads_per_second", (now, before, elapsed) => perSecond(now.reads, before?.reads, elapsed)],
  ["disk.writes_per_second", (now, before, elapsed) => perSecond(now.writes, before?.writes, elapsed)],
  ["disk.queue", queue],
  ["disk.latency_seconds", latency],
];

/** The most telling first, each for all mounts or devices, in the order of DISK_SERIES. */
export function diskPoints(
  current: DiskSample,
  before: DiskSample | null,
  elapsedSeconds: number,
  emit: EmitPoint,
): void {
  const mounts = headlineMounts(current.mounts);
  for (const mount of mounts) emit("disk.used_percent", usedPercent(mount), mount.mountPoint);
  const known = new Map(before?.devices.map((device) => [device.name, device]));
  const devices = known.size === 0 ? [] : headlineDevices(current.devices);
  const pairs = devices.map((now) => [now, earlier(now, known)] as const);
  const emitDevices = (values: typeof DEVICE_VALUES) => {
    for (const [series, value] of values) {
      for (const [now, then] of pairs) emit(series, value(now, then, elapsedSeconds), now.name);
    }
  };
  emitDevices(DEVICE_VALUES.slice(0, 3));
  for (const mount of mounts) emit("disk.used_bytes", usedBytes(mount), mount.mountPoint);
  for (const mount of mounts) emit("disk.inodes_used_percent", inodesUsedPercent(mount), mount.mountPoint);
  emitDevices(DEVICE_VALUES.slice(3));
}

/** As df counts: the whole is what ordinary users can fill, so it says 100 when they can write no more. */
export function usedPercent(mount: MountUse): number | undefined {
  const used = usedBytes(mount);
  return used === undefined || mount.availableBytes === undefined ? undefined : part(used, used + mount.availableBytes);
}

function usedBytes({ usedBytes, sizeBytes, freeBytes }: MountUse): number | undefined {
  if (usedBytes !== undefined || sizeBytes === undefined || freeBytes === undefined) return usedBytes;
  return freeBytes <= sizeBytes ? sizeBytes - freeBytes : undefined;
}

export function inodesUsedPercent({ inodes, inodesFree }: MountUse): number | undefined {
  if (inodes === undefined || inodesFree === undefined || inodesFree > inodes) return undefined;
  return part(inodes - inodesFree, inodes);
}

/** Absent for a whole of nothing: some file systems have no such limit and say zero. */
function part(used: number, whole: number): number | undefined {
  return whole > 0 ? used / whole * 100 : undefined;
}

/** A kernel that lost count of what is under way counts the waiting wrongly too. */
function queue(now: DiskDevice, before: DiskDevice | undefined, elapsedSeconds: number): number | undefined {
  if (now.inProgress === undefined) return undefined;
  return perSecond(now.weightedSeconds, before?.weightedSeconds, elapsedSeconds);
}

/** Absent while nothing is read or written: there is no time that it took. */
function latency(now: DiskDevice, before: DiskDevice | undefined, elapsedSeconds: number): number | undefined {
  const reads = perSecond(now.reads, before?.reads, elapsedSeconds);
  const writes = perSecond(now.writes, before?.writes, elapsedSeconds);
  const reading = perSecond(now.readSeconds, before?.readSeconds, elapsedSeconds);
  const writing = perSecond(now.writeSeconds, before?.writeSeconds, elapsedSeconds);
  if (reads === undefined || writes === undefined || reading === undefined || writing === undefined) return undefined;
  return reads + writes > 0 ? (reading + writing) / (reads + writes) : undefined;
}

/** The same device in the reading before, if it is the same by all that is known of it. */
function earlier(now: DiskDevice, before: ReadonlyMap<string, DiskDevice>): DiskDevice | undefined {
  const then = before.get(now.name);
  return then?.major === now.major && then?.minor === now.minor ? then : undefined;
}

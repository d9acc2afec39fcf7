/** kernel32, the part that knows drives, volumes and disks. */
import type { AppError } from "../../../core/mod.ts";
import { lazy } from "../../lazy.ts";
import { definedOnly, ticks, u32, u64, viewOf, wideText } from "./layout.ts";
import { checkTrue, openLibrary } from "./library.ts";
import { windowsError } from "./kernel32.ts";
import { wide } from "./wide_string.ts";

// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdrivetypew
const DRIVE_KINDS = ["unknown", "no_root", "removable", "fixed", "remote", "cdrom", "ramdisk"] as const;
export type DriveKind = typeof DRIVE_KINDS[number];
// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getvolumeinformationw
const FILE_READ_ONLY_VOLUME = 0x0008_0000;
const MAX_TEXT_UNITS = 261;
/** Every DOS device of a host, and every folder that a volume is seen in. */
const LIST_UNITS = 64 * 1024;
const VOLUME_NAME_UNITS = 64;
const MAX_VOLUMES = 1024;

// https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-seterrormode
const SEM_FAILCRITICALERRORS = 1;

// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew
const QUERY_ONLY = 0;
const SHARE_READ_WRITE = 3;
const OPEN_EXISTING = 3;
const INVALID_HANDLE_VALUE = 0xffff_ffff_ffff_ffffn;

// https://learn.microsoft.com/windows/win32/api/winioctl/ni-winioctl-ioctl_disk_performance
const IOCTL_DISK_PERFORMANCE = 0x0007_0020;
// https://learn.microsoft.com/windows/win32/api/winioctl/ns-winioctl-disk_performance
const DISK = {
  bytes: 88,
  readBytes: 0,
  writtenBytes: 8,
  readTime: 16,
  writeTime: 24,
  idleTime: 32,
  reads: 40,
  writes: 44,
  queue: 48,
  splits: 52,
} as const;

// https://learn.microsoft.com/windows/win32/api/winioctl/ni-winioctl-ioctl_volume_get_volume_disk_extents
const IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS = 0x0056_0000;
const EXTENTS = { head: 8, bytes: 24 } as const;
const MAX_EXTENTS = 128;

export interface Volume {
  /** With its last backslash: `C:\` or `C:\data\`. */
  readonly root: string;
  /** `\Device\HarddiskVolume3`, or the share that a drive letter stands for; absent for folders. */
  readonly device?: string;
}

export interface VolumeUse {
  readonly kind: DriveKind;
  readonly readOnly: boolean;
  readonly fileSystem?: string;
  readonly label?: string;
  readonly serialNumber?: string;
  readonly sizeBytes?: number;
  readonly freeBytes?: number;
  /** What we may still write, which a quota can make less. */
  readonly availableBytes?: number;
}

/** Since boot; what is counted in 32 bits is marked. The times are those of all requests together. */
export interface DiskCounters {
  readonly readBytes?: number;
  readonly writtenBytes?: number;
  readonly readSeconds?: number;
  readonly writeSeconds?: number;
  readonly idleSeconds?: number;
  /** 32 bits. */
  readonly reads?: number;
  /** 32 bits. */
  readonly writes?: number;
  readonly queued?: number;
  /** 32 bits. */
  readonly splits?: number;
}

const symbols = lazy(() => {
  const library = openLibrary("kernel32.dll", {
    CloseHandle: { parameters: ["pointer"], result: "i32" },
    CreateFileW: { parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"], result: "pointer" },
    DeviceIoControl: {
      parameters: ["pointer", "u32", "pointer", "u32", "buffer", "u32", "buffer", "pointer"],
      result: "i32",
    },
    FindFirstVolumeW: { parameters: ["buffer", "u32"], result: "pointer" },
    FindNextVolumeW: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
    FindVolumeClose: { parameters: ["pointer"], result: "i32" },
    // A drive of the network may answer after minutes, or never: these three run beside the program.
    GetDiskFreeSpaceExW: { parameters: ["buffer", "buffer", "buffer", "buffer"], result: "i32", nonblocking: true },
    GetDriveTypeW: { parameters: ["buffer"], result: "u32", nonblocking: true },
    GetVolumeInformationW: {
      parameters: ["buffer", "buffer", "u32", "buffer", "buffer", "buffer", "buffer", "u32"],
      result: "i32",
      nonblocking: true,
    },
    GetErrorMode: { parameters: [], result: "u32" },
    GetLastError: { parameters: [], result: "u32" },
    GetLogicalDriveStringsW: { parameters: ["u32", "buffer"], result: "u32" },
    GetVolumePathNamesForVolumeNameW: { parameters: ["buffer", "buffer", "u32", "buffer"], result: "i32" },
    QueryDosDeviceW: { parameters: ["buffer", "buffer", "u32"], result: "u32" },
    SetErrorMode: { parameters: ["u32"], result: "u32" },
  });
  // Else Windows asks whoever sits there to insert a disk when a drive is empty, and waits for the answer.
  library.SetErrorMode(library.GetErrorMode() | SEM_FAILCRITICALERRORS);
  return library;
});

/** Every drive letter, and every folder that a local volume is mounted in. */
export function volumes(): Volume[] {
  const found = new Map<string, Volume>();
  for (const root of driveRoots()) found.set(root, definedOnly({ root, device: dosDevice(root.slice(0, 2)) }));
  for (const root of mountedFolders()) if (!found.has(root)) found.set(root, { root });
  return [...found.values()];
}

/** Asks beside the program, and may never answer: have no second one under way for the same volume. */
export async function volumeUse(root: string): Promise<VolumeUse> {
  const { GetDiskFreeSpaceExW, GetDriveTypeW, GetVolumeInformationW } = symbols();
  const path = wide(root);
  const kind = DRIVE_KINDS[await GetDriveTypeW(path)] ?? "unknown";
  const [label, fileSystem] = [new Uint8Array(MAX_TEXT_UNITS * 2), new Uint8Array(MAX_TEXT_UNITS * 2)];
  const [serial, longest, flags] = [new Uint32Array(1), new Uint32Array(1), new Uint32Array(1)];
  const named = await GetVolumeInformationW(
    path,
    label,
    MAX_TEXT_UNITS,
    serial,
    longest,
    flags,
    fileSystem,
    MAX_TEXT_UNITS,
  );
  const [available, size, free] = [new BigUint64Array(1), new BigUint64Array(1), new BigUint64Array(1)];
  const sized = await GetDiskFreeSpaceExW(path, available, size, free);
  return definedOnly({
    kind,
    readOnly: named !== 0 && ((flags[0] ?? 0) & FILE_READ_ONLY_VOLUME) !== 0,
    fileSystem: named === 0 ? undefined : textOf(fileSystem) || undefined,
    label: named === 0 ? undefined : textOf(label) || undefined,
    serialNumber: named === 0 ? undefined : (serial[0] ?? 0).toString(16).toUpperCase(),
    sizeBytes: sized === 0 ? undefined : Number(size[0]),
    freeBytes: sized === 0 ? undefined : Number(free[0]),
    availableBytes: sized === 0 ? undefined : Number(available[0]),
  });
}

/** `PhysicalDrive0` and so on, in the order of their numbers. */
export function physicalDisks(): string[] {
  const bytes = new Uint8Array(LIST_UNITS * 2);
  checkTrue("list the disks", symbols().QueryDosDeviceW(null, new Uint16Array(bytes.buffer), LIST_UNITS));
  const disks = parseTexts(viewOf(bytes)).filter((name) => /^PhysicalDrive\d+$/.test(name));
  return disks.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/** Of a disk (`PhysicalDrive0`) or a drive (`C:`). */
export function diskCounters(name: string): DiskCounters {
  return withDevice(name, (handle) => {
    return parseDiskCounters(
      control(handle, IOCTL_DISK_PERFORMANCE, DISK.bytes, `read the counters that ${name} keeps`),
    );
  });
}

/** The numbers of the disks that a drive lies on. */
export function disksOf(name: string): number[] {
  const bytes = EXTENTS.head + EXTENTS.bytes * MAX_EXTENTS;
  const action = `find the disk of ${name}`;
  return withDevice(name, (handle) => {
    return parseExtents(control(handle, IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS, bytes, action));
  });
}

export function parseDiskCounters(view: DataView): DiskCounters {
  return definedOnly({
    readBytes: u64(view, DISK.readBytes),
    writtenBytes: u64(view, DISK.writtenBytes),
    readSeconds: ticks(view, DISK.readTime),
    writeSeconds: ticks(view, DISK.writeTime),
    idleSeconds: ticks(view, DISK.idleTime),
    reads: u32(view, DISK.reads),
    writes: u32(view, DISK.writes),
    queued: u32(view, DISK.queue),
    splits: u32(view, DISK.splits),
  });
}

export function parseExtents(view: DataView): number[] {
  const count = Math.min(MAX_EXTENTS, u32(view, 0) ?? 0);
  const disks = new Set<number>();
  for (let i = 0; i < count; i++) {
    const disk = u32(view, EXTENTS.head + i * EXTENTS.bytes);
    if (disk !== undefined) disks.add(disk);
  }
  return [...disks].sort((a, b) => a - b);
}

/** Several texts, each with a zero at its end, and one more zero behind the last. */
export function parseTexts(view: DataView): string[] {
  const texts: string[] = [];
  for (let at = 0; at < view.byteLength;) {
    const text = wideText(view, at, (view.byteLength - at) >> 1);
    if (text === "") break;
    texts.push(text);
    at += (text.length + 1) * 2;
  }
  return texts;
}

function driveRoots(): string[] {
  const bytes = new Uint8Array(MAX_TEXT_UNITS * 2);
  checkTrue("list the drives", symbols().GetLogicalDriveStringsW(MAX_TEXT_UNITS, bytes));
  return parseTexts(viewOf(bytes));
}

function mountedFolders(): string[] {
  const name = new Uint8Array(VOLUME_NAME_UNITS * 2);
  const search = symbols().FindFirstVolumeW(name, VOLUME_NAME_UNITS);
  if (search === null || Deno.UnsafePointer.value(search) === INVALID_HANDLE_VALUE) return [];
  const folders: string[] = [];
  try {
    for (let seen = 0; seen < MAX_VOLUMES; seen++) {
      folders.push(...foldersOf(name));
      if (symbols().FindNextVolumeW(search, name, VOLUME_NAME_UNITS) === 0) break;
    }
  } finally {
    symbols().FindVolumeClose(search);
  }
  return folders;
}

/** A volume that is seen nowhere, such as the one for recovery, has none. */
function foldersOf(volume: Uint8Array<ArrayBuffer>): string[] {
  const bytes = new Uint8Array(MAX_TEXT_UNITS * 8);
  const found = symbols().GetVolumePathNamesForVolumeNameW(volume, bytes, bytes.length / 2, new Uint32Array(1));
  return found === 0 ? [] : parseTexts(viewOf(bytes));
}

function dosDevice(name: string): string | undefined {
  const bytes = new Uint8Array(MAX_TEXT_UNITS * 2);
  if (symbols().QueryDosDeviceW(wide(name), bytes, MAX_TEXT_UNITS) === 0) return undefined;
  return textOf(bytes) || undefined;
}

/** Opened anew for each question: whoever has a drive open keeps it from being ejected. */
function withDevice<T>(name: string, use: (handle: Deno.PointerObject) => T): T {
  const path = wide(`\\\\.\\${name}`);
  const handle = symbols().CreateFileW(path, QUERY_ONLY, SHARE_READ_WRITE, null, OPEN_EXISTING, 0, null);
  if (handle === null || Deno.UnsafePointer.value(handle) === INVALID_HANDLE_VALUE) throw refused(`open ${name}`);
  try {
    return use(handle);
  } finally {
    symbols().CloseHandle(handle);
  }
}

function control(handle: Deno.PointerObject, code: number, bytes: number, action: string): DataView {
  const [answer, length] = [new Uint8Array(bytes), new Uint32Array(1)];
  const done = symbols().DeviceIoControl(handle, code, null, 0, answer, bytes, length, null);
  if (done === 0) throw refused(action);
  return viewOf(answer, length[0]);
}

/** Asked through a library that is open already: opening one would forget the error. */
function refused(action: string): AppError {
  return windowsError(action, symbols().GetLastError());
}

function textOf(bytes: Uint8Array): string {
  return wideText(viewOf(bytes), 0, bytes.length / 2);
}

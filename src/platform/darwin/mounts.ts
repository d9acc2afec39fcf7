import { AppError } from "../../core/mod.ts";
import type { FileSystemUse } from "../halves.ts";
import { lazy } from "../lazy.ts";
import { cString } from "../posix/calls.ts";
import { LIBRARY } from "./library.ts";
import { fields64, textAt, viewOf } from "./structs.ts";

// struct statfs with 64-bit inode numbers, its flags and the modes of getfsstat, in <sys/mount.h>:
// https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/mount.h
const STATFS = { bytes: 2168, blockBytes: 0, flags: 64, type: 72, mountPoint: 88, device: 1112 } as const;
const COUNTS = { blocks: 8, free: 16, available: 24, files: 32, freeFiles: 40 } as const;
const TYPE_BYTES = 16;
const PATH_BYTES = 1024;
const MNT_RDONLY = 1;
const MNT_LOCAL = 0x1000;
const MNT_NOWAIT = 2;
/** Mounts that may come between asking for their number and for them. */
const SPARE_MOUNTS = 8;

export interface Mount extends FileSystemUse {
  readonly mountPoint: string;
  readonly device: string;
  readonly type: string;
  readonly readOnly: boolean;
  /** False for what may wait for a server. */
  readonly local: boolean;
}

/** What calls in other threads read and write; it must not be collected before they have returned, if they ever do. */
const inUse = new Set<Uint8Array>();

const symbols = lazy(() => {
  // On Intel the plain names are calls from before 2007 with another structure; Apple's processors have only the new.
  const suffix = Deno.build.arch === "x86_64" ? "$INODE64" : "";
  return Deno.dlopen(LIBRARY, {
    getfsstat: { name: `getfsstat${suffix}`, parameters: ["buffer", "i32", "i32"], result: "i32" },
    statfs: { name: `statfs${suffix}`, parameters: ["buffer", "buffer"], result: "i32", nonblocking: true },
  }).symbols;
});

/** All mounts as the kernel last knew them. It asks no file system, so it cannot hang; numbers may be old. */
export function knownMounts(): Mount[] {
  const count = symbols().getfsstat(null, 0, MNT_NOWAIT);
  if (count < 0) throw new AppError("unavailable", "getfsstat failed");
  const bytes = new Uint8Array((count + SPARE_MOUNTS) * STATFS.bytes);
  return parseMounts(bytes, symbols().getfsstat(bytes, bytes.length, MNT_NOWAIT));
}

/** Asks one file system, in a thread of its own: a dead server may keep it for ever. */
export async function darwinFileSystemUse(path: string): Promise<FileSystemUse> {
  const [name, bytes] = [cString(path), new Uint8Array(STATFS.bytes)];
  inUse.add(name).add(bytes);
  try {
    if (await symbols().statfs(name, bytes) === 0) return parseUse(bytes);
  } finally {
    inUse.delete(name);
    inUse.delete(bytes);
  }
  throw new AppError("unavailable", `Cannot read the use of ${path}: its file system does not tell`);
}

export function parseMounts(bytes: Uint8Array, count: number): Mount[] {
  const whole = Math.min(Math.max(count, 0), Math.floor(bytes.length / STATFS.bytes));
  return Array.from(
    { length: whole },
    (_, index) => parseMount(bytes.subarray(index * STATFS.bytes, (index + 1) * STATFS.bytes)),
  );
}

function parseMount(bytes: Uint8Array): Mount {
  const flags = viewOf(bytes).getUint32(STATFS.flags, true);
  return {
    mountPoint: textAt(bytes, STATFS.mountPoint, PATH_BYTES),
    device: textAt(bytes, STATFS.device, PATH_BYTES),
    type: textAt(bytes, STATFS.type, TYPE_BYTES),
    readOnly: (flags & MNT_RDONLY) !== 0,
    local: (flags & MNT_LOCAL) !== 0,
    ...parseUse(bytes),
  };
}

function parseUse(bytes: Uint8Array): FileSystemUse {
  const view = viewOf(bytes);
  const blockBytes = view.getUint32(STATFS.blockBytes, true);
  const { blocks, free, available, files, freeFiles } = fields64(view, COUNTS);
  const size = (count: number | undefined) => count === undefined ? undefined : count * blockBytes;
  const usedBlocks = blocks === undefined || free === undefined || free > blocks ? undefined : blocks - free;
  return {
    sizeBytes: size(blocks),
    usedBytes: size(usedBlocks),
    freeBytes: size(free),
    availableBytes: size(available),
    inodes: files,
    inodesFree: freeFiles,
  };
}

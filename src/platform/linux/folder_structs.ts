/** What the kernel writes about files and folders, read from its bytes. */
import type { FileFacts, FileKind, FolderEntry } from "../beneath_contract.ts";
import { nameOf } from "./raw_names.ts";

/** struct stat of newfstatat: include/uapi/asm/stat.h (x86-64), include/uapi/asm-generic/stat.h (arm64). */
export const STAT_BYTES = 144;
/** Where the two processors agree. */
const STAT = { device: 0, number: 8, size: 48, modifiedSeconds: 88, modifiedNanoseconds: 96 } as const;
const STAT_OWNER = {
  x86_64: { links: 16, mode: 24, uid: 28, gid: 32 },
  aarch64: { links: 20, mode: 16, uid: 24, gid: 28 },
} as const;

/** https://man7.org/linux/man-pages/man7/inode.7.html */
const KIND_BITS = 0o170000;
const KINDS: ReadonlyMap<number, FileKind> = new Map([
  [0o100000, "file"],
  [0o040000, "directory"],
  [0o120000, "link"],
]);

/** struct linux_dirent64: https://man7.org/linux/man-pages/man2/getdents.2.html */
const DIRENT = { length: 16, type: 18, name: 19 } as const;
const DIRENT_KINDS: ReadonlyMap<number, FileKind> = new Map([[8, "file"], [4, "directory"], [10, "link"]]);
const DT_UNKNOWN = 0;

export function parseStat(bytes: Uint8Array<ArrayBuffer>, arch: "x86_64" | "aarch64"): FileFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, STAT_BYTES);
  const owner = STAT_OWNER[arch];
  const mode = view.getUint32(owner.mode, true);
  const nanoseconds = view.getBigUint64(STAT.modifiedNanoseconds, true);
  const seconds = view.getBigInt64(STAT.modifiedSeconds, true);
  const device = String(view.getBigUint64(STAT.device, true));
  return {
    kind: KINDS.get(mode & KIND_BITS) ?? "other",
    sizeBytes: Number(view.getBigInt64(STAT.size, true)),
    modifiedMs: Number(seconds) * 1_000 + Number(nanoseconds / 1_000_000n),
    version: `${seconds}.${nanoseconds}`,
    mode: mode & 0o7777,
    uid: view.getUint32(owner.uid, true),
    gid: view.getUint32(owner.gid, true),
    links: view.getUint32(owner.links, true), // 64 bits on one of them, and never that many
    device,
    identity: `${device}:${view.getBigUint64(STAT.number, true)}`,
  };
}

/** What one call of getdents64 has brought, without the folder itself and its parent. */
export function parseEntries(bytes: Uint8Array<ArrayBuffer>, length: number): FolderEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const entries: FolderEntry[] = [];
  for (let at = 0; at + DIRENT.name < length;) {
    const size = view.getUint16(at + DIRENT.length, true);
    if (size <= DIRENT.name || at + size > length) break; // nothing that a kernel writes
    const name = bytes.subarray(at + DIRENT.name, at + size);
    const end = name.indexOf(0);
    const text = nameOf(end < 0 ? name : name.subarray(0, end));
    const type = view.getUint8(at + DIRENT.type);
    const kind = type === DT_UNKNOWN ? null : DIRENT_KINDS.get(type) ?? "other";
    if (text !== "." && text !== "..") entries.push({ name: text, kind });
    at += size;
  }
  return entries;
}

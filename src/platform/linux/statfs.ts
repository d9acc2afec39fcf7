import type { FileSystemUse } from "../halves.ts";

/**
 * struct statfs of 64-bit Linux, the same on x86-64 and arm64: include/uapi/asm-generic/statfs.h, where every field
 * but the two words of f_fsid is a 64-bit word. https://man7.org/linux/man-pages/man2/statfs.2.html
 */
export const STATFS_BYTES = 120;
const BLOCK_SIZE = 8;
const BLOCKS = 16;
const BLOCKS_FREE = 24;
const BLOCKS_AVAILABLE = 32;
const FILES = 40;
const FILES_FREE = 48;
const FRAGMENT_SIZE = 72;

/** No file system counts this far; one that says so means a negative number, or that it does not know. */
const MAX_COUNT = 2 ** 63;

/** What a struct statfs says. Blocks are counted in fragments, which only some FUSE file systems set apart from blocks. */
export function parseStatfs(bytes: Uint8Array<ArrayBuffer>): FileSystemUse {
  if (bytes.byteLength < STATFS_BYTES) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, STATFS_BYTES);
  const unit = word(view, FRAGMENT_SIZE) || word(view, BLOCK_SIZE);
  const inUnits = (offset: number) => {
    const count = word(view, offset);
    return count === undefined || unit === undefined ? undefined : count * unit;
  };
  const sizeBytes = inUnits(BLOCKS);
  const freeBytes = inUnits(BLOCKS_FREE);
  const isPlausible = sizeBytes !== undefined && freeBytes !== undefined && freeBytes <= sizeBytes;
  return {
    sizeBytes,
    usedBytes: isPlausible ? sizeBytes - freeBytes : undefined,
    freeBytes,
    availableBytes: inUnits(BLOCKS_AVAILABLE),
    inodes: word(view, FILES),
    inodesFree: word(view, FILES_FREE),
  };
}

function word(view: DataView, offset: number): number | undefined {
  const value = view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
  return value < MAX_COUNT ? value : undefined;
}

/** The rotated files of a log, as they lie beside it: `<file>.1` is the newest; older ones may be compressed. */

import { existsSync } from "node:fs";
import { lstatOrNull } from "./file_identity.ts";

export interface Slot {
  number: number;
  compressed: boolean;
  /** Logical offset of its first byte. */
  readonly start: number;
  /** Bytes of log in it, uncompressed. */
  length: number;
  /** Whether its first byte begins a line. */
  readonly whole: boolean;
}

export interface FoundSlot {
  readonly number: number;
  readonly compressed: boolean;
  readonly length: number;
}

/** Names of all that lies beside a log. */
export function companions(path: string) {
  return {
    state: `${path}.rotation`,
    times: `${path}.times`,
    /** A copy that is being made. */
    copy: `${path}.rotating`,
    /** A compressed file that is being made. */
    packed: `${path}.gzipping`,
  };
}

export function slotPath(path: string, { number, compressed }: Pick<Slot, "number" | "compressed">): string {
  return `${path}.${number}${compressed ? ".gz" : ""}`;
}

/** Looks for numbers up to `maxFiles`, and beyond for as long as there are some; newest first. */
export function findSlots(path: string, maxFiles: number): FoundSlot[] {
  const found: FoundSlot[] = [];
  for (let number = 1; number < maxFiles || found.at(-1)?.number === number - 1; number++) {
    const [plain, packed] = [{ number, compressed: false }, { number, compressed: true }];
    const length = sizeOf(slotPath(path, plain));
    const packedBytes = sizeOf(slotPath(path, packed));
    // The packed one was given its name when it was complete, so the other one is what was still to be deleted.
    if (packedBytes !== null && length !== null) removeIfThere(slotPath(path, plain));
    if (packedBytes !== null) found.push({ ...packed, length: unpackedLength(slotPath(path, packed)) });
    else if (length !== null) found.push({ ...plain, length });
    else if (found.length === 0 && number > 1) break; // with neither of the first two there are none
  }
  return found;
}

/**
 * Moves files on by one number so that 1 is free, as far as they are in the way; those that are too many are deleted
 * before. What was done is in the slots, even when it throws in the middle.
 */
export function makeRoom(path: string, slots: Slot[], keep: number): void {
  while (slots.length > 0 && (slots.length >= keep || (slots.at(-1)?.number ?? 0) > keep)) removeOldest(path, slots);
  const inTheWay = slots.filter(({ number }, index) => number === index + 1);
  for (const slot of inTheWay.reverse()) {
    const from = slotPath(path, slot);
    renameIfThere(from, slotPath(path, { ...slot, number: slot.number + 1 }));
    slot.number++;
  }
}

export function removeOldest(path: string, slots: Slot[]): void {
  const oldest = slots.at(-1);
  if (oldest === undefined) return;
  removeIfThere(slotPath(path, oldest));
  slots.pop();
}

export function removeIfThere(path: string): void {
  // Most of what is asked for is not there, and an error takes ten times as long as this answer.
  if (!existsSync(path)) return;
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // somebody has deleted it, and need not be told
  }
}

/** Of a regular file; null for anything else, which is none of ours. */
export function sizeOf(path: string): number | null {
  const info = existsSync(path) ? lstatOrNull(path) : null;
  return info?.isFile === true ? info.size : null;
}

/** The last four bytes of a gzip file are the low 32 bits of the length: RFC 1952, section 2.3.1. */
function unpackedLength(path: string): number {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  const last = new Uint8Array(4);
  if (size < last.length) return 0;
  file.seekSync(size - last.length, Deno.SeekMode.Start);
  file.readSync(last);
  return new DataView(last.buffer).getUint32(0, true);
}

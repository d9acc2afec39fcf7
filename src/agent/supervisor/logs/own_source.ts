import { AppError } from "../../../core/mod.ts";
import { isMissing } from "./file_identity.ts";
import type { LogSource, Piece } from "./log_source.ts";
import type { OwnFile } from "./own_file.ts";
import { readFileAt, unpackFile } from "./reading.ts";
import { slotPath } from "./slots.ts";
import type { TimeTable } from "./time_table.ts";

/** One of our own logs, with all its rotated files, as it is read. */
export class OwnSource implements LogSource {
  readonly name: string;
  readonly #file: OwnFile;

  constructor(name: string, file: OwnFile) {
    this.name = name;
    this.#file = file;
  }

  look(): number {
    this.#file.look();
    return this.#file.end;
  }

  pieceBefore(offset: number): Piece | null {
    return this.#pieces().find(({ start, end }) => start < offset && start < end) ?? null;
  }

  pieceFrom(offset: number): Piece | null {
    return this.#pieces().findLast(({ start, end }) => end > offset && start < end) ?? null;
  }

  async read(offset: number, into: Uint8Array): Promise<Uint8Array> {
    for (;;) {
      const moving = this.#file.moved;
      if (moving !== null) {
        await moving;
        continue;
      }
      const place = this.#placeOf(offset);
      if (place === null) return into.subarray(0, 0);
      const { epoch } = this.#file;
      const bytes = await readPart(place.path, place.at, into.subarray(0, place.available));
      if (epoch === this.#file.epoch) return bytes ?? into.subarray(0, 0);
    }
  }

  unpack({ start }: Piece): AsyncIterable<Uint8Array> {
    const slot = this.#file.slots.find((slot) => slot.start === start && slot.compressed);
    if (slot === undefined) throw new AppError("unavailable", "The rotated log file is gone", { retryable: true });
    return unpackFile(openFile(slotPath(this.#file.path, slot)));
  }

  times(): TimeTable {
    return this.#file.times.table(this.#file.timesFrom);
  }

  writtenMs(): null {
    return null;
  }

  /** Newest first. */
  #pieces(): Piece[] {
    const { base, from, whole, slots, sizeBytes } = this.#file;
    const current = { start: base + from, end: base + Math.max(sizeBytes, from), whole, compressed: false };
    return [
      current,
      ...slots.map(({ start, length, whole, compressed }) => ({ start, end: start + length, whole, compressed })),
    ];
  }

  #placeOf(offset: number): { path: string; at: number; available: number } | null {
    const { base, from, slots, path, sizeBytes } = this.#file;
    if (offset >= base + from) {
      const available = base + sizeBytes - offset;
      return available <= 0 ? null : { path, at: offset - base, available };
    }
    const slot = slots.find(({ start, length }) => offset >= start && offset < start + length);
    if (slot === undefined || slot.compressed) return null;
    return { path: slotPath(path, slot), at: offset - slot.start, available: slot.start + slot.length - offset };
  }
}

/** Null when the file is not there any more. */
async function readPart(path: string, at: number, into: Uint8Array): Promise<Uint8Array | null> {
  try {
    using file = openFile(path);
    return await readFileAt(file, at, into);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Opened before anything else can happen, so that it is the file that the name meant a moment ago. */
function openFile(path: string): Deno.FsFile {
  return Deno.openSync(path);
}

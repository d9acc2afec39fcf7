import { isMissing } from "./file_identity.ts";
import type { LogSource, Piece } from "./log_source.ts";
import { readFileAt, unpackFile } from "./reading.ts";
import { TimeTable } from "./time_table.ts";

/** A log that a program writes, rotates and deletes as it likes: one file, of which nobody knows the times. */
export class AppSource implements LogSource {
  readonly name: string;
  readonly #path: string;
  #size = 0;
  #writtenMs = 0;

  constructor(path: string) {
    this.name = path;
    this.#path = path;
  }

  look(): number {
    const info = fileOrNull(this.#path);
    this.#size = info?.size ?? 0;
    this.#writtenMs = info?.mtime?.getTime() ?? 0;
    return this.#size;
  }

  pieceBefore(offset: number): Piece | null {
    return offset > 0 ? this.#piece() : null;
  }

  pieceFrom(offset: number): Piece | null {
    return offset < this.#size ? this.#piece() : null;
  }

  async read(offset: number, into: Uint8Array): Promise<Uint8Array> {
    try {
      using file = Deno.openSync(this.#path);
      return await readFileAt(file, offset, into);
    } catch (error) {
      if (isMissing(error)) return into.subarray(0, 0);
      throw error;
    }
  }

  unpack(): AsyncIterable<Uint8Array> {
    return unpackFile(Deno.openSync(this.#path));
  }

  times(): TimeTable {
    return new TimeTable([], Infinity);
  }

  writtenMs(): number {
    return this.#writtenMs;
  }

  #piece(): Piece | null {
    if (this.#size === 0) return null;
    return { start: 0, end: this.#size, whole: true, compressed: this.#path.endsWith(".gz") };
  }
}

/** Of a regular file, or a link to one; a pipe or device would keep its reader waiting. */
export function fileOrNull(path: string): Deno.FileInfo | null {
  try {
    const info = Deno.statSync(path);
    return info.isFile ? info : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

import type { LogSource, Piece } from "../log_source.ts";
import { readFileAt, unpackFile } from "../reading.ts";
import { TimeTable } from "../time_table.ts";

/** A file as it was found in its directory. */
export interface FoundFile {
  readonly path: string;
  readonly device: number;
  readonly number: number | null;
  readonly writtenMs: number;
  readonly isPacked: boolean;
}

const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * One file of a program, by whatever name it goes meanwhile: it stays open while it is searched. Anything that takes
 * another file's place is not read in its stead.
 */
export class AppFile implements LogSource, Disposable {
  readonly name: string;
  readonly #found: FoundFile;
  readonly #findAgain: () => FoundFile | null;
  #file: Deno.FsFile | null = null;
  /** Infinity for a packed one, of which nobody knows how much is in it; null until it was opened. */
  #end: number | null = null;

  /** `findAgain` looks for the file where it may have been renamed to. */
  constructor(name: string, found: FoundFile, findAgain: () => FoundFile | null) {
    this.name = name;
    this.#found = found;
    this.#findAgain = findAgain;
  }

  /** Opens it at the first call. */
  look(): number {
    if (this.#end !== null) return this.#end;
    const file = openSame(this.#found) ?? openSame(this.#findAgain());
    if (file === null) throw new Deno.errors.NotFound(`${this.#found.path} was deleted or replaced`);
    this.#file = file;
    return this.#end = this.#found.isPacked && isGzip(file) ? Infinity : file.statSync().size;
  }

  pieceBefore(offset: number): Piece | null {
    return offset > 0 ? this.#piece() : null;
  }

  pieceFrom(offset: number): Piece | null {
    return offset < (this.#end ?? 0) ? this.#piece() : null;
  }

  async read(offset: number, into: Uint8Array): Promise<Uint8Array> {
    return this.#file === null ? into.subarray(0, 0) : await readFileAt(this.#file, offset, into);
  }

  /** It can be unpacked once. */
  unpack(): AsyncIterable<Uint8Array> {
    const file = this.#file;
    if (file === null) throw new Deno.errors.NotFound(`${this.#found.path} was closed`);
    this.#file = null;
    file.seekSync(0, Deno.SeekMode.Start);
    return unpackFile(file);
  }

  times(): TimeTable {
    return new TimeTable([], Infinity);
  }

  writtenMs(): number {
    return this.#found.writtenMs;
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = null;
  }

  #piece(): Piece | null {
    const end = this.#end ?? 0;
    return end === 0 ? null : { start: 0, end, whole: true, compressed: end === Infinity };
  }
}

/** Null when the name means another file by now. */
function openSame(found: FoundFile | null): Deno.FsFile | null {
  if (found === null) return null;
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(found.path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const { dev, ino, isFile } = file.statSync();
  if (isFile && dev === found.device && ino === found.number) return file;
  file.close();
  return null;
}

function isGzip(file: Deno.FsFile): boolean {
  const head = new Uint8Array(GZIP_MAGIC.length);
  file.seekSync(0, Deno.SeekMode.Start);
  const count = file.readSync(head) ?? 0;
  return count === head.length && head.every((byte, index) => byte === GZIP_MAGIC[index]);
}

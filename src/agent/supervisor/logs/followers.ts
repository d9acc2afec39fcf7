import { fileOrNull } from "./app_source.ts";
import { identityOf, isSameFile } from "./file_identity.ts";
import { LineSplitter, type RawLine } from "./line_splitter.ts";
import type { LogSource, Piece } from "./log_source.ts";
import { readFileAt } from "./reading.ts";

/** Reads on in a log, a part at a time. */
export interface Follower extends Disposable {
  readonly name: string;
  /** The lines that have ended since; none when there is nothing new. */
  poll(): Promise<RawLine[]>;
  /** What there is of a line that has not ended yet. */
  readonly openText: string;
}

const CHUNK_BYTES = 128 * 1024;
/** So often what was there a moment ago is looked for again before it counts as gone. */
const MAX_MISSES = 3;

/** In a log of our own, through all rotations: it knows where it is by a logical offset. */
export class SourceFollower implements Follower {
  readonly name: string;
  readonly #source: LogSource;
  readonly #splitter: LineSplitter;
  #buffer: Uint8Array | null = null;
  #misses = 0;
  #unpacking: { readonly start: number; readonly chunks: AsyncIterator<Uint8Array>; skip: number } | null = null;

  constructor(source: LogSource, offset: number) {
    this.name = source.name;
    this.#source = source;
    this.#splitter = new LineSplitter(offset);
  }

  get openText(): string {
    return this.#splitter.openText;
  }

  async poll(): Promise<RawLine[]> {
    const end = this.#source.look();
    const piece = this.#source.pieceFrom(this.#splitter.offset);
    if (piece === null) {
      this.#buffer = null; // most logs are silent most of the time
      return [];
    }
    // What comes before it was deleted.
    const lines = piece.start > this.#splitter.offset ? this.#splitter.jump(piece.start) : [];
    const chunk = piece.compressed ? await this.#unpack(piece) : await this.#read();
    if (chunk.length > 0) {
      this.#misses = 0;
      lines.push(...this.#splitter.push(chunk));
    } else if (piece.end < end && this.#misses++ >= MAX_MISSES) {
      lines.push(...this.#splitter.jump(piece.end));
    }
    return lines;
  }

  [Symbol.dispose](): void {
    void this.#unpacking?.chunks.return?.();
  }

  async #read(): Promise<Uint8Array> {
    this.#buffer ??= new Uint8Array(CHUNK_BYTES);
    return await this.#source.read(this.#splitter.offset, this.#buffer);
  }

  /** Only who is slower than several rotations comes to read a compressed file. */
  async #unpack(piece: Piece): Promise<Uint8Array> {
    if (this.#unpacking?.start !== piece.start) {
      const chunks = this.#source.unpack(piece)[Symbol.asyncIterator]();
      this.#unpacking = { start: piece.start, chunks, skip: this.#splitter.offset - piece.start };
    }
    const { chunks } = this.#unpacking;
    for (;;) {
      const { value, done } = await chunks.next();
      if (done === true) return new Uint8Array(0);
      const skipped = Math.min(value.length, this.#unpacking.skip);
      this.#unpacking.skip -= skipped;
      if (skipped < value.length) return value.subarray(skipped);
    }
  }
}

/** In a file that its program may rename, replace or empty: what the name meant before is read to its end first. */
export class AppFollower implements Follower {
  readonly name: string;
  readonly #path: string;
  #splitter: LineSplitter;
  #open: { readonly file: Deno.FsFile; readonly identity: string } | null = null;
  readonly #buffer = new Uint8Array(CHUNK_BYTES);

  constructor(path: string, offset: number) {
    this.name = path;
    this.#path = path;
    this.#splitter = new LineSplitter(offset);
  }

  get openText(): string {
    return this.#splitter.openText;
  }

  async poll(): Promise<RawLine[]> {
    this.#open ??= this.#reopen();
    if (this.#open === null) return [];
    const { file, identity } = this.#open;
    const { size } = file.statSync();
    const lines = size < this.#splitter.offset ? this.#splitter.jump(0) : [];
    const chunk = await readFileAt(file, this.#splitter.offset, this.#buffer);
    if (chunk.length > 0) return [...lines, ...this.#splitter.push(chunk)];
    const named = fileOrNull(this.#path);
    if (named === null || isSameFile(identityOf(named), identity)) return lines;
    file.close();
    this.#open = null;
    return [...lines, ...this.#splitter.jump(0)];
  }

  [Symbol.dispose](): void {
    this.#open?.file.close();
    this.#open = null;
  }

  #reopen(): { file: Deno.FsFile; identity: string } | null {
    if (fileOrNull(this.#path) === null) return null;
    const file = Deno.openSync(this.#path);
    return { file, identity: identityOf(file.statSync()) };
  }
}

import { messageOf } from "../../../../core/mod.ts";
import { isMissing } from "../file_identity.ts";
import type { LogSource, Piece } from "../log_source.ts";

/** So often what was there a moment ago is looked for again before it counts as gone. */
const MAX_MISSES = 3;

/**
 * Reads a log from a logical offset on, through plain and compressed files, however they are rotated and compressed
 * meanwhile: each read looks anew where the next byte is.
 */
export class ForwardReader implements AsyncDisposable {
  readonly #source: LogSource;
  readonly #end: number;
  #offset: number;
  #misses = 0;
  #isTorn = false;
  #problem: string | null = null;
  #unpacking: { readonly start: number; readonly chunks: AsyncIterator<Uint8Array>; skip: number } | null = null;
  #left: Uint8Array = new Uint8Array(0);

  /** Nothing at or behind `end` is read. */
  constructor(source: LogSource, offset: number, end: number) {
    this.#source = source;
    this.#offset = offset;
    this.#end = end;
  }

  /** True once what comes next is gone. */
  get isTorn(): boolean {
    return this.#isTorn;
  }

  /** Why it has not come to the end, where something was wrong. */
  get problem(): string | null {
    return this.#problem;
  }

  /** How many bytes it has put there; 0 when there are none any more. */
  async read(into: Uint8Array): Promise<number> {
    while (!this.#isTorn && this.#offset < this.#end) {
      const piece = this.#source.pieceFrom(this.#offset);
      if (piece === null || piece.start > this.#offset) break;
      const room = into.subarray(0, this.#end - this.#offset);
      const count = await this.#readPiece(piece, room);
      this.#offset += count;
      if (count > 0) {
        this.#misses = 0;
        return count;
      }
      if (this.#misses++ >= MAX_MISSES) break;
    }
    this.#isTorn = this.#offset < this.#end;
    return 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#unpacking?.chunks.return?.();
    this.#unpacking = null;
  }

  /** What goes wrong is the end of what can be read, and what was read before still counts. */
  async #readPiece(piece: Piece, room: Uint8Array): Promise<number> {
    try {
      if (piece.compressed) return await this.#unpack(piece, room);
      return (await this.#source.read(this.#offset, room)).length;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      if (isMissing(error)) return 0; // it was renamed or deleted at this moment
      this.#problem = messageOf(error);
      this.#misses = MAX_MISSES;
      return 0;
    }
  }

  async #unpack(piece: Piece, room: Uint8Array): Promise<number> {
    if (this.#unpacking?.start !== piece.start) await this.#begin(piece);
    while (this.#left.length === 0 && this.#unpacking !== null) {
      const { value, done } = await this.#unpacking.chunks.next();
      if (done === true) {
        this.#unpacking = null;
        this.#misses = MAX_MISSES; // unpacking it again would give no more
        if (piece.end === Infinity) this.#offset = this.#end;
        return 0;
      }
      const skipped = Math.min(value.length, this.#unpacking.skip);
      this.#unpacking.skip -= skipped;
      this.#left = value.subarray(skipped);
    }
    // What is behind the end of the piece is in the next one too.
    const count = Math.min(room.length, this.#left.length, piece.end - this.#offset);
    room.set(this.#left.subarray(0, count));
    this.#left = this.#left.subarray(count);
    return count;
  }

  async #begin(piece: Piece): Promise<void> {
    await this[Symbol.asyncDispose]();
    const chunks = this.#source.unpack(piece)[Symbol.asyncIterator]();
    this.#unpacking = { start: piece.start, chunks, skip: this.#offset - piece.start };
    this.#left = new Uint8Array(0);
  }
}

import type { TimeTable } from "./time_table.ts";

/** Bytes of a log that lie in one file, by their logical offsets. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** Whether its first byte begins a line. */
  readonly whole: boolean;
  /** A compressed one can be read from its beginning only. */
  readonly compressed: boolean;
}

/** A log as it is read: the bytes of all its files in order, however they are moved among them meanwhile. */
export interface LogSource {
  /** As users call it. */
  readonly name: string;
  /** Looks how long it is now; the logical offset of its end. */
  look(): number;
  /** The piece with the byte before `offset`, or else the next older one; null when there is none. */
  pieceBefore(offset: number): Piece | null;
  /** The piece with the byte at `offset`, or else the next newer one; null when there is none yet. */
  pieceFrom(offset: number): Piece | null;
  /** Fills the buffer from `offset` on as far as one piece goes that is not compressed; none when that is gone. */
  read(offset: number, into: Uint8Array): Promise<Uint8Array>;
  /** A compressed piece from its beginning to its end. */
  unpack(piece: Piece): AsyncIterable<Uint8Array>;
  times(): TimeTable;
  /** When the file was last written, where that is all that is known of times; else null. */
  writtenMs(): number | null;
}

import { toAppError } from "../../../core/mod.ts";
import type { LineFilter } from "./line_filter.ts";
import { LastLines, PieceReader } from "./last_lines.ts";
import { BackwardLines, type RawLine } from "./line_splitter.ts";
import type { LogSource, Piece } from "./log_source.ts";

/** What one question may cost, shared by all logs that it is about. */
export interface TailBudget {
  /** Bytes of log that are looked at. */
  bytes: number;
  /** True once something was left out for one of these. */
  spent: boolean;
}

export interface TailOptions {
  readonly filter: LineFilter;
  /** How many lines are wanted at most. */
  readonly lines: number;
  /** Nothing that ends at or before this logical offset is wanted. */
  readonly from: number;
  /** Whether the last line counts though its line feed has not come yet. */
  readonly withUnfinished: boolean;
  readonly budget: TailBudget;
  readonly signal: AbortSignal;
}

const CHUNK_BYTES = 256 * 1024;
/** Of a compressed file, whose lines cannot be told one after the other. */
const MAX_KEPT_CHARS = 16 * 1024 * 1024;

/** So often what was there a moment ago is looked for again before it counts as gone. */
const MAX_MISSES = 3;

/** Reads a log from its end towards its beginning, as far as it is asked. */
export class TailScanner {
  readonly #source: LogSource;
  readonly #options: TailOptions;
  readonly #buffer = new Uint8Array(CHUNK_BYTES);
  #lines: BackwardLines;
  #withUnfinished: boolean;
  /** What is at and after this offset has been read. */
  #offset: number;
  #ended = false;
  #misses = 0;

  constructor(source: LogSource, options: TailOptions) {
    this.#source = source;
    this.#options = options;
    this.#offset = source.look();
    this.#withUnfinished = options.withUnfinished;
    this.#lines = new BackwardLines(this.#offset);
  }

  /** Where the first line begins that is not finished yet; known after the first call of `next`. */
  get unfinishedStart(): number {
    return this.#lines.unfinishedStart;
  }

  /** The next older lines that are wanted, newest first; maybe none. Null at the end. */
  async next(): Promise<RawLine[] | null> {
    if (this.#ended) return null;
    this.#options.signal.throwIfAborted();
    const piece = this.#source.pieceBefore(this.#offset);
    if (piece === null) {
      this.#ended = true;
      return null;
    }
    if (this.#options.budget.bytes <= 0 || this.#options.filter.isExhausted) return this.#giveUp();
    const lines: RawLine[] = [];
    if (piece.end < this.#offset) lines.push(...this.#leap(piece));
    lines.push(...piece.compressed ? await this.#unpack(piece) : await this.#readBefore(piece));
    if (this.#offset === piece.start && !this.#joins(piece)) lines.push(...this.#finish(piece.whole));
    return this.#wanted(lines);
  }

  #joins({ start }: Piece): boolean {
    return this.#source.pieceBefore(start)?.end === start;
  }

  #giveUp(): null {
    this.#ended = true;
    this.#options.budget.spent = true;
    return null;
  }

  /** What was between is gone, so what ends there ends without its line feed. */
  #leap(piece: Piece): RawLine[] {
    const before = this.#finish(false);
    this.#lines = new BackwardLines(piece.end, true);
    this.#offset = piece.end;
    this.#withUnfinished = true;
    return before;
  }

  #finish(whole: boolean): RawLine[] {
    return this.#lines.finish(this.#offset, whole, this.#withUnfinished);
  }

  async #readBefore(piece: Piece): Promise<RawLine[]> {
    const start = Math.max(piece.start, this.#offset - CHUNK_BYTES);
    const length = this.#offset - start;
    this.#options.budget.bytes -= length;
    const bytes = await this.#readAll(start, length);
    // It may just have come to lie elsewhere.
    if (bytes.length < length && this.#misses++ < MAX_MISSES) return [];
    this.#misses = 0;
    this.#offset = start;
    if (bytes.length === length) return this.#lines.pushBefore(bytes, start, this.#withUnfinished);
    // It was deleted or emptied at this moment.
    const lines = this.#finish(false);
    this.#lines = new BackwardLines(start, true);
    this.#withUnfinished = true;
    return lines;
  }

  /** What was in one file a moment ago may be in two by now. */
  async #readAll(start: number, length: number): Promise<Uint8Array> {
    for (let filled = 0; filled < length;) {
      const { length: more } = await this.#source.read(start + filled, this.#buffer.subarray(filled, length));
      if (more === 0) return this.#buffer.subarray(0, filled);
      filled += more;
    }
    return this.#buffer.subarray(0, length);
  }

  async #unpack(piece: Piece): Promise<RawLine[]> {
    try {
      return await this.#readUnpacked(piece);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      // One file that is damaged or was deleted at this moment does not hide the others.
      if (toAppError(error).code === "internal" && !(error instanceof Deno.errors.NotFound)) throw error;
      this.#options.budget.spent = true;
      this.#offset = piece.start;
      this.#lines = new BackwardLines(piece.start, true);
      this.#withUnfinished = true;
      return [];
    }
  }

  /** It can be read from its beginning only, so the last lines of it are kept on the way. */
  async #readUnpacked(piece: Piece): Promise<RawLine[]> {
    const { budget, lines: wanted, signal } = this.#options;
    const reader = new PieceReader(piece.start);
    const last = new LastLines(wanted, MAX_KEPT_CHARS);
    for await (const chunk of this.#source.unpack(piece)) {
      signal.throwIfAborted();
      budget.bytes -= chunk.length;
      // The last part of it may have been read when it was not compressed yet.
      last.add(this.#wanted(reader.push(chunk.subarray(0, Math.max(0, this.#offset - reader.offset)))));
    }
    if (last.tooLong) budget.spent = true;
    this.#offset = piece.start;
    if (reader.headEnd === null) {
      this.#lines.prepend(reader.head);
      return [];
    }
    this.#lines.prepend(reader.tail);
    const joining = this.#lines.close(reader.tailStart, this.#withUnfinished);
    this.#lines.reopen(reader.head, reader.headEnd);
    return [...joining, ...last.newestFirst()];
  }

  #wanted(lines: RawLine[]): RawLine[] {
    const { from, filter } = this.#options;
    const recent = lines.filter(({ end }) => end > from);
    if (recent.length < lines.length) this.#ended = true;
    return filter.keep(recent);
  }
}

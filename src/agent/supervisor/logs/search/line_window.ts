import { MAX_LINE_BYTES } from "../line_splitter.ts";
import type { ForwardReader } from "./forward_reader.ts";
import type { SearchSizes } from "./search_query.ts";

/** A line within the window, without its line feed. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Of a line that stands beside a match. */
const MAX_CONTEXT_BYTES = 1_000;

/** A part of a log in one buffer that moves forwards; all places are indexes of it. */
export class LineWindow {
  readonly bytes: Uint8Array;
  /** Where the first line begins that is there as a whole; what is before is the rest of another one. */
  first = 0;
  /** Where the next line begins that was not looked at yet. */
  at = 0;
  /** Behind the last byte. */
  end = 0;
  isEnded = false;
  #offset = 0;
  readonly #pastBytes: number;
  /** A mark at the beginning stays, so that a text is what its bytes are. */
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor({ windowBytes, pastBytes }: SearchSizes) {
    this.bytes = new Uint8Array(windowBytes);
    this.#pastBytes = pastBytes;
  }

  /** Begins anew at a logical offset. */
  reset(offset: number): void {
    [this.#offset, this.first, this.at, this.end, this.isEnded] = [offset, 0, 0, 0, false];
  }

  offsetOf(index: number): number {
    return this.#offset + index;
  }

  /** The index of a logical offset, which may lie outside. */
  indexOf(offset: number): number {
    return offset - this.#offset;
  }

  get isFull(): boolean {
    return this.end === this.bytes.length;
  }

  /** Reads once, so many bytes at most; gives how many it were. */
  async read(reader: ForwardReader, most: number): Promise<number> {
    const count = await reader.read(this.bytes.subarray(this.end, Math.min(this.bytes.length, this.end + most)));
    this.end += count;
    if (count === 0) this.isEnded = true;
    return count;
  }

  /** Passes over the rest of a line that began before; false when its end is not there yet, and forgets it then. */
  skipLine(): boolean {
    const feed = this.#feedFrom(this.at, this.end);
    if (feed < 0) {
      this.clear();
      return false;
    }
    this.first = this.at = feed + 1;
    return true;
  }

  /** Behind the last line that is there as a whole; at the very end of the log also one without line feed. */
  get wholeEnd(): number {
    return this.isEnded ? this.end : Math.max(this.at, this.bytes.subarray(0, this.end).lastIndexOf(LINE_FEED) + 1);
  }

  /** Where the first line begins at or behind an index, as far as that is known; else -1. */
  lineFrom(index: number): number {
    if (index <= this.at) return this.at;
    const feed = this.#feedFrom(index - 1, this.end);
    return feed < 0 ? -1 : feed + 1;
  }

  /** Where so many lines before an index begin, none before the first that is there. */
  linesBack(index: number, count: number): number {
    let from = index;
    for (let lines = 0; lines < count && from > this.first; lines++) {
      from = from < 2 ? 0 : this.bytes.lastIndexOf(LINE_FEED, from - 2) + 1;
    }
    return Math.max(this.first, from);
  }

  /** The line in which a place is; its line feed belongs to it. */
  lineAround(index: number): Place {
    const from = index === 0 ? 0 : this.bytes.lastIndexOf(LINE_FEED, index - 1) + 1;
    const feed = this.#feedFrom(index, this.end);
    return { from: Math.max(this.first, from), to: feed < 0 ? this.end : feed };
  }

  /** Lines from one index to another, both of which are bounds of lines. */
  linesBetween(from: number, to: number): Place[] {
    const places: Place[] = [];
    for (let at = from; at < to;) {
      const feed = this.#feedFrom(at, to);
      const end = feed < 0 ? to : feed;
      places.push({ from: at, to: end });
      at = end + 1;
    }
    return places;
  }

  /** So many lines behind a line, as far as they are there. */
  linesAfter({ to }: Place, count: number): Place[] {
    const places: Place[] = [];
    for (let at = to + 1; places.length < count && at < this.end;) {
      const feed = this.#feedFrom(at, this.end);
      if (feed < 0 && !this.isEnded) break;
      const end = feed < 0 ? this.end : feed;
      places.push({ from: at, to: end });
      at = end + 1;
    }
    return places;
  }

  /** Damaged UTF-8 becomes replacement characters. */
  text({ from, to }: Place, maxBytes: number = MAX_LINE_BYTES): string {
    const isWhole = to - from <= maxBytes;
    const end = !isWhole ? from + maxBytes : to > from && this.bytes[to - 1] === CARRIAGE_RETURN ? to - 1 : to;
    return this.#decoder.decode(this.bytes.subarray(from, end));
  }

  contextLine(place: Place): { readonly at: number; readonly text: string } {
    return { at: this.offsetOf(place.from), text: this.text(place, MAX_CONTEXT_BYTES) };
  }

  /** Makes room at the end by forgetting what was looked at long ago. */
  compact(): void {
    const kept = Math.max(this.first, this.at - this.#pastBytes);
    const from = kept === this.first ? kept : this.#lineFromPast(kept);
    if (from === 0) return;
    this.bytes.copyWithin(0, from, this.end);
    this.#offset += from;
    this.at -= from;
    this.end -= from;
    this.first = 0;
  }

  /** Forgets all. */
  clear(): void {
    const { isEnded } = this;
    this.reset(this.offsetOf(this.end));
    this.isEnded = isEnded;
  }

  #lineFromPast(index: number): number {
    const feed = this.#feedFrom(index, this.at);
    return feed < 0 ? this.at : feed + 1;
  }

  #feedFrom(index: number, to: number): number {
    const feed = this.bytes.indexOf(LINE_FEED, index);
    return feed < to ? feed : -1;
  }
}

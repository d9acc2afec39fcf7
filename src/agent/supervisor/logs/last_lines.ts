import { type Fragment, joinFragments, LineSplitter, type RawLine } from "./line_splitter.ts";

const LINE_FEED = 0x0a;
const NOTHING: Fragment = { bytes: new Uint8Array(0), cut: false };

/** The newest of the lines that it is given, in bounded memory. */
export class LastLines {
  readonly #maxLines: number;
  readonly #maxChars: number;
  readonly #lines: RawLine[] = [];
  #oldest = 0;
  #chars = 0;
  /** True once lines were let go that were not too many, but too long together. */
  tooLong = false;

  constructor(maxLines: number, maxChars: number) {
    this.#maxLines = maxLines;
    this.#maxChars = maxChars;
  }

  add(lines: readonly RawLine[]): void {
    for (const line of lines) {
      this.#lines.push(line);
      this.#chars += line.text.length;
      while (this.#lines.length - this.#oldest > this.#maxLines) this.#drop();
      while (this.#chars > this.#maxChars) {
        this.tooLong = true;
        this.#drop();
      }
    }
    if (this.#oldest > this.#maxLines) this.#lines.splice(0, this.#oldest), this.#oldest = 0;
  }

  newestFirst(): RawLine[] {
    return this.#lines.slice(this.#oldest).reverse();
  }

  #drop(): void {
    this.#chars -= this.#lines[this.#oldest]?.text.length ?? 0;
    this.#oldest++;
  }
}

/** A piece of a log that is read forwards, whose first line may have begun, and whose last one may end, in other pieces. */
export class PieceReader {
  #head = NOTHING;
  #headEnd: number | null = null;
  #offset: number;
  #lines: LineSplitter;

  constructor(start: number) {
    this.#offset = start;
    this.#lines = new LineSplitter(start);
  }

  get offset(): number {
    return this.#offset;
  }

  /** All up to the first line feed. */
  get head(): Fragment {
    return this.#head;
  }

  /** What comes after the first line feed; null when there is none. */
  get headEnd(): number | null {
    return this.#headEnd;
  }

  /** All after the last line feed, and where that begins. */
  get tail(): Fragment {
    return this.#lines.open;
  }

  get tailStart(): number {
    return this.#lines.openStart;
  }

  /** The lines that have ended in this chunk, but for the first one of the piece. */
  push(chunk: Uint8Array): RawLine[] {
    const from = this.#headEnd === null ? this.#findHead(chunk) : 0;
    this.#offset += chunk.length;
    return from < chunk.length ? this.#lines.push(chunk.subarray(from)) : [];
  }

  #findHead(chunk: Uint8Array): number {
    const at = chunk.indexOf(LINE_FEED);
    this.#head = joinFragments(this.#head, at < 0 ? chunk : chunk.subarray(0, at));
    if (at < 0) return chunk.length;
    this.#headEnd = this.#offset + at + 1;
    this.#lines = new LineSplitter(this.#headEnd);
    return at + 1;
  }
}

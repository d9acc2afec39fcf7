/** Lines out of bytes that come in parts, forwards or backwards, in bounded memory. */

/** So much is told of one line. */
export const MAX_LINE_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface RawLine {
  readonly text: string;
  /** True when there is more of the line than `text`. */
  readonly cut: boolean;
  /** Logical offset of what comes after it. */
  readonly end: number;
}

/** The beginning of a line, or of a part of one. */
export interface Fragment {
  readonly bytes: Uint8Array;
  readonly cut: boolean;
}

const NOTHING: Fragment = { bytes: new Uint8Array(0), cut: false };

function joined(first: Fragment, second: Fragment): Fragment {
  if (first.bytes.length === 0 && !first.cut) return second;
  if (first.cut || second.bytes.length === 0) return { bytes: first.bytes, cut: first.cut || second.cut };
  const total = first.bytes.length + second.bytes.length;
  const bytes = new Uint8Array(Math.min(total, MAX_LINE_BYTES));
  bytes.set(first.bytes);
  bytes.set(second.bytes.subarray(0, bytes.length - first.bytes.length), first.bytes.length);
  return { bytes, cut: second.cut || total > MAX_LINE_BYTES };
}

/** What is known of a line when more of it comes, of a buffer that will be used again. */
export function joinFragments(first: Fragment, more: Uint8Array): Fragment {
  return joined(first, fragmentOf(more));
}

/** A part of a buffer that will be used again. */
function fragmentOf(bytes: Uint8Array): Fragment {
  return { bytes: bytes.slice(0, MAX_LINE_BYTES), cut: bytes.length > MAX_LINE_BYTES };
}

/** Damaged UTF-8 becomes replacement characters; it never fails. */
class LineDecoder {
  readonly #decoder = new TextDecoder();

  line({ bytes, cut }: Fragment, end: number): RawLine {
    const length = bytes.at(-1) === CARRIAGE_RETURN && !cut ? bytes.length - 1 : bytes.length;
    return { text: this.#decoder.decode(bytes.subarray(0, length)), cut, end };
  }
}

/** Reads on and on: each byte is given to it once, in order. */
export class LineSplitter {
  readonly #decoder = new LineDecoder();
  #open = NOTHING;
  #openStart: number;
  #offset: number;

  constructor(offset: number) {
    this.#offset = offset;
    this.#openStart = offset;
  }

  /** Logical offset of the next byte that it is to be given. */
  get offset(): number {
    return this.#offset;
  }

  /** What has come of a line that has not ended yet. */
  get open(): Fragment {
    return this.#open;
  }

  /** Where the line begins that has not ended yet. */
  get openStart(): number {
    return this.#openStart;
  }

  get openText(): string {
    return this.#decoder.line(this.#open, this.#offset).text;
  }

  push(chunk: Uint8Array): RawLine[] {
    const lines: RawLine[] = [];
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      const bytes = chunk.subarray(from, at);
      const own = { bytes: bytes.subarray(0, MAX_LINE_BYTES), cut: bytes.length > MAX_LINE_BYTES };
      lines.push(this.#decoder.line(joined(this.#open, own), this.#offset + at + 1));
      this.#open = NOTHING;
      from = at + 1;
    }
    if (from > 0) this.#openStart = this.#offset + from;
    if (from < chunk.length) this.#open = joined(this.#open, fragmentOf(chunk.subarray(from)));
    this.#offset += chunk.length;
    return lines;
  }

  /** Goes on elsewhere; gives what there is of a line whose rest will never come. */
  jump(offset: number): RawLine[] {
    const open = this.#open;
    const end = this.#offset;
    this.#open = NOTHING;
    this.#offset = offset;
    this.#openStart = offset;
    return open.bytes.length === 0 ? [] : [{ ...this.#decoder.line(open, end), cut: true }];
  }
}

/** Reads towards the beginning: what is given to it comes just before what it was given last. Lines come newest first. */
export class BackwardLines {
  readonly #decoder = new LineDecoder();
  /** What is known of the line that is being put together, and where it ends. */
  #open = NOTHING;
  #end: number;
  /** True until the first line feed, or anything after it, was met: what ends there has none itself. */
  #unfinished = true;
  #unfinishedStart: number;

  readonly #isTorn: boolean;

  /** With `isTorn` what came after `end` is gone, and with it the rest of a line that has no line feed there. */
  constructor(end: number, isTorn = false) {
    this.#end = end;
    this.#unfinishedStart = end;
    this.#isTorn = isTorn;
  }

  /** Where the last line begins that has no line feed yet; the end when all have one. */
  get unfinishedStart(): number {
    return this.#unfinishedStart;
  }

  /** `start` is the logical offset of the first byte. With `withUnfinished` the last line counts without line feed. */
  pushBefore(chunk: Uint8Array, start: number, withUnfinished: boolean): RawLine[] {
    const lines: RawLine[] = [];
    let to = chunk.length;
    for (let at = lastLineFeed(chunk, to); at >= 0; at = lastLineFeed(chunk, to)) {
      const bytes = chunk.subarray(at + 1, to);
      this.#open = joined({ bytes: bytes.subarray(0, MAX_LINE_BYTES), cut: bytes.length > MAX_LINE_BYTES }, this.#open);
      lines.push(...this.close(start + at + 1, withUnfinished));
      to = at;
    }
    if (to > 0) this.prepend(fragmentOf(chunk.subarray(0, to)));
    return lines;
  }

  prepend(fragment: Fragment): void {
    this.#open = joined(fragment, this.#open);
  }

  /** The line that is being put together begins at `start`, just after a line feed. */
  close(start: number, withUnfinished: boolean): RawLine[] {
    const { text, cut, end } = this.#decoder.line(this.#open, this.#end);
    const line = { text, cut: cut || (this.#unfinished && this.#isTorn), end };
    const isLine = !this.#unfinished || (withUnfinished && this.#end > start);
    if (this.#unfinished) this.#unfinishedStart = start;
    this.#open = NOTHING;
    this.#end = start;
    this.#unfinished = false;
    return isLine ? [line] : [];
  }

  /** There is nothing before `start`; `whole` says whether that begins a line. */
  finish(start: number, whole: boolean, withUnfinished: boolean): RawLine[] {
    if (this.#end === start) return [];
    return this.close(start, withUnfinished).map((line) => whole ? line : { ...line, cut: true });
  }

  /** The line before the last one that was given is `fragment`, as far as it is known, and ends at `end`. */
  reopen(fragment: Fragment, end: number): void {
    this.#open = fragment;
    this.#end = end;
  }
}

function lastLineFeed(chunk: Uint8Array, before: number): number {
  return before <= 0 ? -1 : chunk.lastIndexOf(LINE_FEED, before - 1);
}

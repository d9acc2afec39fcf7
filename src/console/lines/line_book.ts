import { type PlainLine, plainLine } from "./ansi.ts";
import { breaksOf } from "./columns.ts";
import { isContinuation, type Level, levelOf, LEVELS } from "./level.ts";
import type { LinePattern } from "./line_pattern.ts";

/** What comes in. `source` and `file` say which lines belong together; both are shown as they are by the view. */
export interface NewLine {
  readonly source: string;
  readonly file: string;
  readonly text: string;
  readonly timeMs?: number;
  readonly isCut?: boolean;
  /** Not of a log, but said about it: a connection was lost, lines may be missing. Always shown. */
  readonly isNotice?: boolean;
}

export interface BookLine extends NewLine {
  /** Counts all lines that ever came, from 0. */
  readonly seq: number;
  readonly level: Level | null;
  readonly plain: PlainLine;
}

export interface BookFilter {
  readonly pattern: LinePattern | null;
  /** Lines below it are left out; those that say nothing of their level are left out too. */
  readonly minLevel: Level | null;
}

export interface BookOptions {
  readonly maxLines: number;
  readonly maxChars: number;
  /** Milliseconds that filtering all lines may take. */
  readonly budgetMs?: number;
  readonly now?: () => number;
}

/** One row of the view: a line, and which part of it. */
export interface BookRow {
  readonly line: BookLine;
  readonly start: number;
  readonly end: number;
  readonly isFirst: boolean;
}

/** Which part of which line is in a row, said so that it is found again when rows are numbered anew. */
export interface BookPlace {
  readonly seq: number;
  readonly start: number;
}

const MAX_SHOWN_CHARS = 16_384;
const NO_FILTER: BookFilter = { pattern: null, minLevel: null };
const COMPACT_AT = 4_096;
const DEFAULT_BUDGET_MS = 1_500;
const LOOK_AT_CLOCK_EACH = 256;

/**
 * The lines that the page holds: the newest so many, with what the filter leaves of them and at which row each begins.
 * Rows are counted from the first that ever was, so that a row keeps its number while older ones fall out.
 */
export class LineBook {
  readonly #options: Required<BookOptions>;
  #lines: BookLine[] = [];
  /** How many at the front of `#lines` are gone already; moved together now and then. */
  #gone = 0;
  #chars = 0;
  #nextSeq = 0;
  #filter = NO_FILTER;
  #columns: number | null = null;
  /** Of the shown lines, oldest first: the line, and the row after its last. */
  #shown: { readonly line: BookLine; readonly endRow: number }[] = [];
  #shownGone = 0;
  #firstRow = 0;
  #numbering = 0;
  #isTooSlow = false;
  readonly #lastLevels = new Map<string, Level | null>();

  constructor(options: BookOptions) {
    this.#options = { budgetMs: DEFAULT_BUDGET_MS, now: () => performance.now(), ...options };
  }

  /** How many lines are held. */
  get size(): number {
    return this.#lines.length - this.#gone;
  }

  /** How many have fallen out, or were cleared away. */
  get dropped(): number {
    return this.#nextSeq - this.size;
  }

  get shownSize(): number {
    return this.#shown.length - this.#shownGone;
  }

  /** The first row that is still there, and the one after the last. */
  get firstRow(): number {
    return this.#firstRow;
  }

  get endRow(): number {
    return this.#shown.at(-1)?.endRow ?? this.#firstRow;
  }

  /** Another number whenever the rows that are there got other numbers: lines are broken or left out otherwise. */
  get numbering(): number {
    return this.#numbering;
  }

  /** True when the filter took too long and was given up: then all lines are shown. */
  get isTooSlow(): boolean {
    return this.#isTooSlow;
  }

  append(lines: readonly NewLine[]): void {
    for (const line of lines) {
      const made = this.#made(line);
      this.#lines.push(made);
      this.#chars += made.plain.text.length;
      if (this.#passes(made)) this.#show(made);
    }
    while (this.size > this.#options.maxLines || (this.#chars > this.#options.maxChars && this.size > 1)) this.#drop();
    this.#compact();
  }

  clear(): void {
    this.#lines = [];
    this.#gone = 0;
    this.#chars = 0;
    this.#firstRow = this.endRow;
    this.#shown = [];
    this.#shownGone = 0;
    this.#lastLevels.clear();
  }

  setFilter(filter: BookFilter): void {
    this.#filter = filter;
    this.#isTooSlow = false;
    this.#rebuild();
  }

  /** After how many columns a line goes on in the next row; null for never. */
  setColumns(columns: number | null): void {
    if (columns === this.#columns) return;
    this.#columns = columns;
    this.#rebuild();
  }

  /** Rows `from` up to `to`, as far as they are there. */
  rows(from: number, to: number): BookRow[] {
    const rows: BookRow[] = [];
    let index = this.#indexOfRow(from);
    for (; index < this.#shown.length && rows.length < to - from; index += 1) {
      const entry = this.#shown[index];
      if (entry === undefined) break;
      const begin = this.#beginOf(index);
      if (begin >= to) break;
      const ends = [...this.#breaks(entry.line), entry.line.plain.text.length];
      ends.forEach((end, part) => {
        const row = begin + part;
        if (row < from || row >= to) return;
        rows.push({ line: entry.line, start: part === 0 ? 0 : ends[part - 1] ?? 0, end, isFirst: part === 0 });
      });
    }
    return rows;
  }

  /** The first row of the line with this number, or null where it is not shown. */
  rowOf(seq: number): number | null {
    const index = this.#indexOfSeq(seq);
    return this.#shown[index]?.line.seq === seq ? this.#beginOf(index) : null;
  }

  /** What is in a row; null where there is none. */
  placeOf(row: number): BookPlace | null {
    const [found] = this.rows(row, row + 1);
    return found === undefined ? null : { seq: found.line.seq, start: found.start };
  }

  /** The row that a place is in now, or the one that follows where its line is no longer shown. */
  rowOfPlace({ seq, start }: BookPlace): number {
    const index = this.#indexOfSeq(seq);
    const line = this.#shown[index]?.line;
    const before = line?.seq === seq ? this.#breaks(line).filter((end) => end <= start).length : 0;
    return this.#beginOf(index) + before;
  }

  /** The lines that the filter leaves, oldest first. */
  *shownLines(): Iterable<BookLine> {
    for (let index = this.#shownGone; index < this.#shown.length; index += 1) {
      const entry = this.#shown[index];
      if (entry !== undefined) yield entry.line;
    }
  }

  #made(line: NewLine): BookLine {
    const isLong = line.text.length > MAX_SHOWN_CHARS;
    const plain = plainLine(isLong ? line.text.slice(0, MAX_SHOWN_CHARS) : line.text);
    const key = `${line.source}\n${line.file}`;
    const own = line.isNotice === true ? null : levelOf(plain.text);
    const level = own ?? (isContinuation(plain.text) ? this.#lastLevels.get(key) ?? null : null);
    if (line.isNotice !== true) this.#lastLevels.set(key, level);
    const seq = this.#nextSeq++;
    // The text as it came is not kept: what is shown is what is copied and saved.
    return { ...line, text: plain.text, seq, level, plain, ...((isLong || line.isCut === true) && { isCut: true }) };
  }

  #passes(line: BookLine): boolean {
    if (line.isNotice === true || this.#isTooSlow) return true;
    const { pattern, minLevel } = this.#filter;
    if (minLevel !== null && (line.level === null || LEVELS.indexOf(line.level) < LEVELS.indexOf(minLevel))) {
      return false;
    }
    return pattern === null || pattern.matches(line.plain.text);
  }

  #show(line: BookLine): void {
    this.#shown.push({ line, endRow: this.endRow + 1 + this.#breaks(line).length });
  }

  #breaks(line: BookLine): readonly number[] {
    return this.#columns === null ? [] : breaksOf(line.plain.text, this.#columns);
  }

  #drop(): void {
    const line = this.#lines[this.#gone];
    if (line === undefined) return;
    this.#gone += 1;
    this.#chars -= line.plain.text.length;
    const first = this.#shown[this.#shownGone];
    if (first?.line.seq !== line.seq) return;
    this.#shownGone += 1;
    this.#firstRow = first.endRow;
  }

  #compact(): void {
    if (this.#gone > COMPACT_AT) {
      this.#lines = this.#lines.slice(this.#gone);
      this.#gone = 0;
    }
    if (this.#shownGone > COMPACT_AT) {
      this.#shown = this.#shown.slice(this.#shownGone);
      this.#shownGone = 0;
    }
  }

  /** Rows are numbered anew from the first one on: which they are has nothing to do with those before. */
  #rebuild(): void {
    this.#numbering += 1;
    this.#shown = [];
    this.#shownGone = 0;
    const endMs = this.#options.now() + this.#options.budgetMs;
    for (let index = this.#gone; index < this.#lines.length; index += 1) {
      const line = this.#lines[index];
      if (line === undefined) continue;
      if (this.#passes(line)) this.#show(line);
      const isLate = index % LOOK_AT_CLOCK_EACH === 0 && !this.#isTooSlow && this.#options.now() > endMs;
      if (!isLate) continue;
      this.#isTooSlow = true;
      return this.#rebuild();
    }
  }

  #beginOf(index: number): number {
    return index <= this.#shownGone ? this.#firstRow : this.#shown[index - 1]?.endRow ?? this.#firstRow;
  }

  /** Of the first line that is shown and has this number or a later one. */
  #indexOfSeq(seq: number): number {
    let [low, high] = [this.#shownGone, this.#shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#shown[middle]?.line.seq ?? Infinity) >= seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Of the line in which the row is. */
  #indexOfRow(row: number): number {
    let [low, high] = [this.#shownGone, this.#shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#shown[middle]?.endRow ?? Infinity) > row) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

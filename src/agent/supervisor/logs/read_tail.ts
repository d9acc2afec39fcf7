import type { LogLine } from "../../../protocol/mod.ts";
import type { LineFilter } from "./line_filter.ts";
import type { RawLine } from "./line_splitter.ts";
import type { LogSource } from "./log_source.ts";
import { type TailBudget, TailScanner } from "./tail_scanner.ts";
import type { TimeTable } from "./time_table.ts";

export interface TailQuery {
  readonly lines: number;
  readonly sinceMs?: number | undefined;
  readonly filter: LineFilter;
  readonly withUnfinished: boolean;
  readonly signal: AbortSignal;
}

export interface Tail {
  /** Oldest first. */
  readonly lines: LogLine[];
  readonly incomplete: boolean;
  /** For each source, where to go on. */
  readonly next: readonly number[];
}

const MAX_SCANNED_BYTES = 256 * 1024 * 1024;
const MAX_ANSWER_CHARS = 16 * 1024 * 1024;

/** The latest lines of some logs, by the time at which they were written. */
export async function readTail(sources: readonly LogSource[], query: TailQuery): Promise<Tail> {
  const budget: TailBudget = { bytes: MAX_SCANNED_BYTES, spent: false };
  const cursors = sources.map((source) => new Cursor(source, query, budget));
  for (const cursor of cursors) await cursor.fill();
  const lines: LogLine[] = [];
  let chars = 0;
  while (lines.length < query.lines) {
    const newest = newestOf(cursors);
    if (newest === null) break;
    const line = newest.take();
    chars += line.text.length;
    if (chars > MAX_ANSWER_CHARS) {
      budget.spent = true;
      break;
    }
    lines.push(line);
    await newest.fill();
  }
  const isFull = lines.length >= query.lines;
  return { lines: lines.reverse(), incomplete: budget.spent && !isFull, next: cursors.map(({ next }) => next) };
}

/** Of lines that are as old, those of the first log come first. */
function newestOf(cursors: readonly Cursor[]): Cursor | null {
  let newest: Cursor | null = null;
  for (const cursor of cursors) {
    if (!cursor.isEmpty && (newest === null || cursor.timeMs >= newest.timeMs)) newest = cursor;
  }
  return newest;
}

/** One log on the way to its beginning. */
class Cursor {
  readonly #source: LogSource;
  readonly #scanner: TailScanner;
  readonly #times: TimeTable;
  #lines: readonly RawLine[] = [];
  #at = 0;
  #timeMs = Infinity;

  constructor(source: LogSource, { lines, sinceMs, filter, withUnfinished, signal }: TailQuery, budget: TailBudget) {
    this.#source = source;
    source.look(); // so that the times know of all that is read
    this.#times = source.times();
    const from = sinceMs === undefined ? -Infinity : this.#startOf(sinceMs);
    this.#scanner = new TailScanner(source, { filter, lines, from, withUnfinished, budget, signal });
  }

  get isEmpty(): boolean {
    return this.#at >= this.#lines.length;
  }

  /** Of the next line; where that is not known it is as old as the one that comes after it. */
  get timeMs(): number {
    return this.#timeMs;
  }

  /** Where the first line begins that has not ended yet. */
  get next(): number {
    return this.#scanner.unfinishedStart;
  }

  async fill(): Promise<void> {
    while (this.isEmpty) {
      const lines = await this.#scanner.next();
      if (lines === null) return;
      [this.#lines, this.#at] = [lines, 0];
    }
    this.#timeMs = Math.min(this.#timeMs, this.#times.timeOf(this.#line.end) ?? Infinity);
  }

  take(): LogLine {
    const { text, cut, end } = this.#line;
    const timeMs = this.#times.timeOf(end);
    this.#at++;
    return { file: this.#source.name, text, ...(timeMs !== undefined && { timeMs }), ...(cut && { cut }) };
  }

  get #line(): RawLine {
    return this.#lines[this.#at] ?? { text: "", cut: false, end: 0 };
  }

  #startOf(sinceMs: number): number {
    const writtenMs = this.#source.writtenMs();
    if (writtenMs !== null && writtenMs < sinceMs) return Infinity;
    return this.#times.startOf(sinceMs);
  }
}

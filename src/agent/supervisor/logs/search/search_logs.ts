import { basename } from "node:path";
import { type Clock, NewestQueue } from "../../../../core/mod.ts";
import type { SearchEnd, SearchIncomplete, SearchLine, SearchMatch } from "../../../../protocol/mod.ts";
import type { KeptProcess } from "../kept_process.ts";
import { Budget } from "./budget.ts";
import { LineWindow } from "./line_window.ts";
import { type FoundLine, type FoundSink, LogCursor, type SearchedLog } from "./log_cursor.ts";
import { Pace } from "./pace.ts";
import { logsOf } from "./searched_logs.ts";
import { type SearchedProcess, type SearchQuery, type SearchSizes, USUAL_SIZES } from "./search_query.ts";
import type { ScanOptions } from "./unit_scanner.ts";

/** More files than a host has, unless a pattern of log_paths means too many. */
const MAX_LOGS = 2_000;
const MAX_PROBLEMS = 20;
/** Of the matches that wait to be sent, in characters. */
const MAX_WAITING_CHARS = 16 * 1024 * 1024;
const PROGRESS_MS = 500;
const MAX_SPANS = 8;

export interface SearchOptions {
  readonly query: SearchQuery;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly sizes?: SearchSizes;
}

/**
 * The matching lines of some processes' logs, the newest first. All logs are read from their ends backwards, always that
 * one next which may have the newest lines: so what is found can be sent as soon as no other log can have anything
 * newer, and what is older than the last match that is wanted is never read.
 */
export async function* searchLogs(
  processes: readonly (readonly [SearchedProcess, KeptProcess])[],
  options: SearchOptions,
): AsyncGenerator<SearchLine, void> {
  const { logs, problems } = logsOf(processes, options.query.file);
  const search = new Search(logs.slice(0, MAX_LOGS), problems, options);
  try {
    yield* search.run(logs.length > MAX_LOGS ? "files" : null);
  } finally {
    for (const { close } of logs) close?.();
  }
}

class Search {
  readonly #query: SearchQuery;
  readonly #clock: Clock;
  readonly #budget: Budget;
  readonly #cursors: readonly LogCursor[];
  readonly #logs: readonly SearchedLog[];
  readonly #found: NewestQueue<FoundLine>;
  readonly #problems: readonly string[];
  #sent = 0;
  /** Whether something was not even looked at closely, because it is too old. */
  #hasPassedOver = false;
  #toldMs: number;

  constructor(logs: readonly SearchedLog[], problems: readonly string[], options: SearchOptions) {
    const { query, clock, signal, sizes = USUAL_SIZES } = options;
    this.#query = query;
    this.#clock = clock;
    this.#logs = logs;
    this.#problems = problems;
    this.#budget = new Budget({ ...query, clock, signal });
    const { pattern, before, after } = query;
    const scan: ScanOptions = {
      ...{ pattern, before, after, sizes },
      finder: pattern.lineFinder(),
      window: new LineWindow(sizes),
      budget: this.#budget,
      pace: new Pace(clock),
    };
    const nowMs = clock.nowMs();
    this.#cursors = logs.map((log, number) => new LogCursor(log, number, query, scan, nowMs));
    this.#found = new NewestQueue<FoundLine>({ maxItems: query.limit, maxSize: MAX_WAITING_CHARS, sizeOf, compare });
    this.#toldMs = clock.monotonicMs();
  }

  async *run(known: SearchIncomplete | null): AsyncGenerator<SearchLine, void> {
    let spent: SearchIncomplete | null = null;
    for (let next = this.#nextCursor(); next !== null; next = this.#nextCursor()) {
      yield* this.#send(next.boundMs);
      if (this.#isEnough(next.boundMs)) break;
      for await (const _ of next.advance(this.#sink())) {
        spent = this.#budget.spent;
        if (spent !== null) break;
        const progress = this.#progress();
        if (progress !== null) yield progress;
      }
      if (spent !== null) break;
      if (next.boundMs === -Infinity) next.close();
    }
    const reachedMs = this.#nextCursor()?.boundMs;
    yield* this.#send(-Infinity);
    yield this.#end(spent ?? known, reachedMs);
  }

  /** That which may have the newest lines; null when all were looked through. */
  #nextCursor(): LogCursor | null {
    let next: LogCursor | null = null;
    for (const cursor of this.#cursors) {
      if (cursor.boundMs > (next?.boundMs ?? -Infinity)) next = cursor;
    }
    return next;
  }

  /** Whatever is still to come would be too old. */
  #isEnough(boundMs: number): boolean {
    if (this.#sent >= this.#query.limit) return true;
    const { floor } = this.#found;
    return floor !== undefined && floor.orderMs > boundMs;
  }

  #sink(): FoundSink {
    const found = this.#found;
    const left = this.#query.limit - this.#sent;
    return {
      room: left,
      wants: (orderMs, number, at) => {
        const { floor } = found;
        const isNew = floor === undefined || compare({ orderMs, number, at }, floor) > 0;
        if (!isNew) this.#hasPassedOver = true;
        return isNew;
      },
      add: (line) => found.add(line),
    };
  }

  *#send(boundMs: number): Generator<SearchMatch, void> {
    for (let { newest } = this.#found; newest !== undefined && newest.orderMs >= boundMs; { newest } = this.#found) {
      this.#found.takeNewest();
      this.#found.reduce();
      this.#sent++;
      yield this.#match(newest);
    }
  }

  #match({ log, at, timeMs, text, cut, before, after }: FoundLine): SearchMatch {
    const { process, processId, file, rotated } = log;
    const spans = this.#query.pattern.spans(text, MAX_SPANS);
    return {
      type: "match",
      ...{ process, processId, file, at, text },
      ...(rotated !== undefined && { rotated }),
      ...(timeMs !== undefined && { timeMs }),
      ...(cut && { cut }),
      ...(spans.length > 0 && { spans }),
      ...(before.length > 0 && { before: [...before] }),
      ...(after.length > 0 && { after: [...after] }),
    };
  }

  #progress(): SearchLine | null {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#toldMs < PROGRESS_MS) return null;
    this.#toldMs = nowMs;
    const { scannedBytes, files } = this.#budget;
    const reachedMs = this.#nextCursor()?.boundMs ?? Infinity;
    return {
      type: "progress",
      scannedBytes,
      files,
      matches: this.#sent,
      ...(Number.isFinite(reachedMs) && { reachedMs }),
    };
  }

  #end(spent: SearchIncomplete | null, reachedMs: number | undefined): SearchEnd {
    const { scannedBytes, files } = this.#budget;
    const problems = [...this.#problems, ...this.#cursorProblems()];
    const isLeft = this.#hasPassedOver || (reachedMs !== undefined && this.#sent >= this.#query.limit);
    const lost = this.#found.lost === "size" ? "size" : this.#found.lost === "count" || isLeft ? "limit" : null;
    const incomplete = lost ?? spent ?? (problems.length > 0 ? "unreadable" : null);
    return {
      type: "end",
      ...{ matches: this.#sent, scannedBytes, files },
      ...(incomplete !== null && { incomplete }),
      ...(reachedMs !== undefined && Number.isFinite(reachedMs) && { reachedMs }),
      ...(problems.length > 0 && { problems: problems.slice(0, MAX_PROBLEMS) }),
    };
  }

  #cursorProblems(): string[] {
    return this.#cursors.flatMap(({ problem }, number) => {
      const log = this.#logs[number];
      if (problem === null || log === undefined) return [];
      const name = log.rotated ?? basename(log.file);
      return [`${name} of ${log.process}: ${problem}`];
    });
  }
}

type Placed = Pick<FoundLine, "orderMs" | "number" | "at">;

/** By time; those of one log by their place in it. */
function compare(a: Placed, b: Placed): number {
  return a.orderMs - b.orderMs || a.number - b.number || a.at - b.at;
}

function sizeOf({ text, before, after }: FoundLine): number {
  const beside = (lines: FoundLine["before"]) => lines.reduce((sum, line) => sum + line.text.length, 0);
  return text.length + beside(before) + beside(after);
}

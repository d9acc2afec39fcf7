import { messageOf } from "../../../../core/mod.ts";
import { isMissing } from "../file_identity.ts";
import type { LogSource, Piece } from "../log_source.ts";
import type { TimeTable } from "../time_table.ts";
import { ForwardReader } from "./forward_reader.ts";
import { LineTimes } from "./line_times.ts";
import { OUT_OF_ORDER_MS, type SearchQuery, WRITTEN_LATER_MS } from "./search_query.ts";
import { type ScannedLine, type ScanOptions, type ScanSink, type Unit, UnitScanner } from "./unit_scanner.ts";

/** A log that is searched, and what is told of its lines. */
export interface SearchedLog {
  readonly process: string;
  readonly processId: string;
  readonly file: string;
  readonly rotated?: string;
  readonly source: LogSource;
  close?(): void;
}

/** A line that was found, with what it is put in order by. */
export interface FoundLine extends ScannedLine {
  readonly log: SearchedLog;
  /** Which of the logs it is. */
  readonly number: number;
  /** Its time or, where that is not known, the earliest that it can be before. */
  readonly orderMs: number;
}

export interface FoundSink {
  /** Whether a line with this place in the order is still of use. */
  wants(orderMs: number, number: number, at: number): boolean;
  readonly room: number;
  add(line: FoundLine): void;
}

/** What the first lines of a unit have told. */
interface SeenUnit {
  latestMs: number | null;
}

/** One log on the way from its end to its beginning, a unit at a time. */
export class LogCursor {
  readonly #log: SearchedLog;
  readonly #number: number;
  readonly #query: SearchQuery;
  readonly #options: ScanOptions;
  readonly #nowMs: number;
  #table: TimeTable | null = null;
  /** Lines that end at or before it are not wanted. */
  #low = -Infinity;
  #end = 0;
  /** All lines that begin here or later were looked at. */
  #position = Infinity;
  #boundMs: number;
  #unitBytes: number;
  /** Where the last unit began without knowing whether a line does: only what is before it tells. */
  #unsureAt: number | null = null;
  #lastPiece = -1;
  #problem: string | null = null;

  constructor(log: SearchedLog, number: number, query: SearchQuery, options: ScanOptions, nowMs: number) {
    this.#log = log;
    this.#number = number;
    this.#query = query;
    this.#options = options;
    this.#nowMs = nowMs;
    this.#unitBytes = options.sizes.firstUnitBytes;
    const writtenMs = log.source.writtenMs();
    const isTooOld = writtenMs !== null && query.sinceMs !== undefined && writtenMs < query.sinceMs;
    this.#boundMs = isTooOld ? -Infinity : Math.min(writtenMs ?? nowMs, query.untilMs ?? Infinity);
  }

  /** No line that is still to come is later than this; -Infinity when none comes any more. */
  get boundMs(): number {
    return this.#boundMs;
  }

  /** What of the log could not be read. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Looks through the next older unit. Gives the chance to stop in the middle. */
  async *advance(sink: FoundSink): AsyncGenerator<void, void> {
    try {
      this.#table ??= this.#begin();
      const unit = this.#nextUnit();
      if (unit === null) this.#boundMs = -Infinity;
      else yield* this.#scan(unit, this.#table, sink);
    } catch (error) {
      this.#options.budget.throwIfAborted();
      this.#boundMs = -Infinity;
      this.#problem = isMissing(error) ? "it was deleted meanwhile" : messageOf(error);
    }
  }

  /** To be called once nothing more is asked of it. */
  close(): void {
    this.#log.close?.();
  }

  #begin(): TimeTable {
    const { source } = this.#log;
    const { sinceMs, untilMs } = this.#query;
    this.#end = source.look();
    const table = source.times();
    if (sinceMs !== undefined) this.#low = table.startOf(sinceMs);
    this.#position = untilMs === undefined ? this.#end : Math.min(this.#end, table.endOf(untilMs + WRITTEN_LATER_MS));
    return table;
  }

  #nextUnit(): Unit | null {
    const { source } = this.#log;
    const piece = source.pieceBefore(this.#position);
    if (piece === null || piece.end <= this.#low || this.#position <= this.#low) return null;
    if (piece.start !== this.#lastPiece) this.#options.budget.files++;
    this.#lastPiece = piece.start;
    const end = Math.min(this.#position, piece.end);
    const from = piece.compressed ? piece.start : Math.max(piece.start, end - this.#unitBytes);
    this.#unitBytes = Math.min(this.#options.sizes.largestUnitBytes, this.#unitBytes * 2);
    // The line that begins just behind it, if one does, is this unit's where the last one could not know of it.
    const to = end === this.#unsureAt ? end + 1 : end;
    const start = piece.compressed ? this.#packedStart(piece) : this.#plainStart(piece, from);
    this.#unsureAt = start.begins === "unknown" && start.readFrom === from ? from : null;
    return { from, to, ...start };
  }

  #packedStart(piece: Piece): Pick<Unit, "readFrom" | "begins"> {
    return { readFrom: piece.start, begins: piece.whole ? "line" : this.#joins(piece) ? "unknown" : "rest" };
  }

  #plainStart(piece: Piece, from: number): Pick<Unit, "readFrom" | "begins"> {
    let first = piece;
    const wanted = from - this.#options.sizes.pastBytes;
    for (let older = this.#joins(first); older !== null && first.start > wanted; older = this.#joins(first)) {
      if (older.compressed) break;
      first = older;
    }
    const readFrom = Math.max(first.start, wanted);
    if (readFrom > first.start) return { readFrom, begins: "unknown" };
    return { readFrom, begins: first.whole ? "line" : this.#joins(first) === null ? "rest" : "unknown" };
  }

  /** The piece just before this one, where nothing is missing between them. */
  #joins({ start }: Piece): Piece | null {
    const older = this.#log.source.pieceBefore(start);
    return older?.end === start ? older : null;
  }

  async *#scan(unit: Unit, table: TimeTable, sink: FoundSink): AsyncGenerator<void, void> {
    const writtenMs = Math.min(this.#nowMs, this.#log.source.writtenMs() ?? Infinity);
    const times = new LineTimes(this.#options.window, { table, writtenMs });
    const seen: SeenUnit = { latestMs: null };
    await using reader = new ForwardReader(this.#log.source, unit.readFrom, this.#end);
    const scanner = new UnitScanner(this.#options, reader, unit, times, this.#sinkOf(seen, sink));
    yield* scanner.scan();
    if (reader.problem !== null) this.#problem = reader.problem;
    this.#position = unit.from;
    const { latestMs } = seen;
    const isOld = latestMs !== null && latestMs < (this.#query.sinceMs ?? -Infinity) - OUT_OF_ORDER_MS;
    const olderMs = latestMs ?? table.timeOf(unit.from) ?? Infinity;
    this.#boundMs = isOld ? -Infinity : Math.min(this.#boundMs, olderMs);
  }

  #sinkOf(seen: SeenUnit, sink: FoundSink): ScanSink {
    const { sinceMs = -Infinity, untilMs = Infinity } = this.#query;
    const boundMs = this.#boundMs;
    return {
      get room() {
        return sink.room;
      },
      begins: (range) => {
        seen.latestMs = range?.latestMs ?? null;
        return range === null || range.earliestMs <= untilMs + OUT_OF_ORDER_MS;
      },
      wants: (timeMs, at, end) =>
        end > this.#low && (timeMs === undefined || (timeMs >= sinceMs && timeMs <= untilMs)) &&
        sink.wants(timeMs ?? boundMs, this.#number, at),
      add: (line) => sink.add({ ...line, log: this.#log, number: this.#number, orderMs: line.timeMs ?? boundMs }),
    };
  }
}

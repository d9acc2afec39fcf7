import type { Pattern } from "../../../../core/mod.ts";

/** What is searched for, as it is understood. */
export interface SearchQuery {
  readonly pattern: Pattern;
  /** Which logs of each process: their name, or its last part, with `*` in it; all when absent. */
  readonly file: string | undefined;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly limit: number;
  readonly before: number;
  readonly after: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A process whose logs are searched. */
export interface SearchedProcess {
  readonly id: string;
  readonly name: string;
}

/** Lines of one log are in order but for about this much, by their own times. */
export const OUT_OF_ORDER_MS = 60_000;
/** Programs write what they have said later than they say, when they collect it first. */
export const WRITTEN_LATER_MS = 5 * 60_000;

/** How a log is cut for searching; tests cut it more finely. */
export interface SearchSizes {
  /** Of the one buffer of a search; a line that is longer is not kept as a whole. */
  readonly windowBytes: number;
  /** What was looked at stays in the buffer for so long: lines beside a match, and times. */
  readonly pastBytes: number;
  /** The first unit is small, since it may be all that is needed; the next ones are larger. */
  readonly firstUnitBytes: number;
  readonly largestUnitBytes: number;
  /** Beyond the end of a unit so much is read at a time, until its last line has ended. */
  readonly tailBytes: number;
}

export const USUAL_SIZES: SearchSizes = {
  windowBytes: 512 * 1024,
  pastBytes: 64 * 1024,
  firstUnitBytes: 1024 * 1024,
  largestUnitBytes: 8 * 1024 * 1024,
  tailBytes: 16 * 1024,
};

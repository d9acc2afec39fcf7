import type { FleetSearchMatch, SearchContextLine, SearchMatch } from "../../protocol/mod.ts";

/** A match of this host or of another. */
export type Match = SearchMatch & Partial<Pick<FleetSearchMatch, "host" | "hostId" | "late">>;

/** A line that is printed: a match, or one that stands beside some. */
export interface ShownLine {
  readonly match: Match;
  readonly text: string;
  readonly isMatch: boolean;
  /** Whether lines are missing between it and the one before. */
  readonly isApart: boolean;
}

/** The newest of what was found, in the order in which it was written. */
export function inOrder(found: readonly Match[], limit: number): Match[] {
  const timed = [...found].sort((a, b) => timeOf(a) - timeOf(b));
  return timed.slice(Math.max(0, timed.length - limit)).sort(compare);
}

/** What has no time is as new as can be, as its sender has it. */
function timeOf({ timeMs }: Match): number {
  return timeMs ?? Number.MAX_SAFE_INTEGER;
}

function compare(a: Match, b: Match): number {
  return timeOf(a) - timeOf(b) || logOf(a).localeCompare(logOf(b)) || a.at - b.at;
}

/** Which log it is of. */
export function logOf({ hostId = "", processId, file, rotated = "" }: Match): string {
  return [hostId, processId, file, rotated].join("\0");
}

/** Matches with the lines beside them, each line once, however many matches it stands beside. */
export function withContext(matches: readonly Match[]): ShownLine[] {
  const encoder = new TextEncoder();
  const keyOf = (match: Match, at: number) => `${logOf(match)}\0${at}`;
  const matched = new Set(matches.map((match) => keyOf(match, match.at)));
  const shown = new Set<string>();
  const lines: ShownLine[] = [];
  let last = { log: "", end: -1 };
  for (const match of matches) {
    const { before = [], after = [], at, text } = match;
    const log = logOf(match);
    const isFree = (line: SearchContextLine) =>
      !matched.has(keyOf(match, line.at)) && !shown.has(keyOf(match, line.at));
    const own = before.slice(before.findLastIndex((line) => !isFree(line)) + 1);
    const end = after.findIndex((line) => !isFree(line));
    const block = [...own, { at, text }, ...after.slice(0, end < 0 ? after.length : end)];
    const isJoined = last.log === log && isNext(last.end, block[0]?.at ?? 0);
    for (const [index, line] of block.entries()) {
      lines.push({ match, text: line.text, isMatch: line.at === at, isApart: index === 0 && !isJoined });
      shown.add(keyOf(match, line.at));
      last = { log, end: line.at + encoder.encode(line.text).length };
    }
  }
  return lines;
}

/** Between two lines there is a line feed, and maybe a carriage return. */
function isNext(end: number, at: number): boolean {
  return at === end + 1 || at === end + 2;
}

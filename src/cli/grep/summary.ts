import type { FleetSearchEnd, SearchEnd, SearchHost, SearchHostState, SearchIncomplete } from "../../protocol/mod.ts";
import { localTime } from "../output.ts";
import { safeText } from "../safe_text.ts";
import { readableBytes } from "../units.ts";
import { logOf, type Match } from "./results.ts";

export interface Found {
  /** Those that are shown. */
  readonly matches: readonly Match[];
  readonly limit: number;
  /** The last word about each host; empty for this host alone. */
  readonly hosts: readonly SearchHost[];
  /** Absent where it was interrupted. */
  readonly end?: SearchEnd | FleetSearchEnd;
}

const MOST_NAMED = 10;

/** What a search has come to, in lines for people. */
export function summaryOf({ matches, limit, hosts, end }: Found): string[] {
  const lines = [countLine(matches, hosts, end)];
  for (const state of ["offline", "failed", "skipped"] as const) lines.push(...trouble(state, hosts));
  for (const { host, problems = [] } of hosts) lines.push(...problems.map((problem) => `${host}: ${problem}`));
  if (end !== undefined && "problems" in end) lines.push(...end.problems ?? []);
  const reasons = new Set([
    ...hosts.flatMap(({ incomplete }) => incomplete ?? []),
    ...(end?.incomplete === undefined ? [] : [end.incomplete]),
  ]);
  for (const reason of reasons) {
    const words = wordsOf(reason, limit);
    if (words !== null) lines.push(words + reachedWords(reason, end?.reachedMs));
  }
  if (end === undefined) lines.push("interrupted: not all was searched");
  return lines.map(safeText);
}

function countLine(matches: readonly Match[], hosts: readonly SearchHost[], end: Found["end"]): string {
  const count = `${matches.length} ${matches.length === 1 ? "match" : "matches"}`;
  const scanned = end === undefined ? "" : `, ${readableBytes(end.scannedBytes)} searched`;
  if (hosts.length === 0) {
    const files = new Set(matches.map(logOf)).size;
    const where = matches.length === 0 ? "" : ` in ${files} ${files === 1 ? "file" : "files"}`;
    return `${count}${where}${scanned}`;
  }
  const found = new Set(matches.map(({ hostId }) => hostId)).size;
  const total = end !== undefined && "hosts" in end ? end.hosts : hosts.length;
  return `${count} on ${found} of ${total} ${total === 1 ? "host" : "hosts"}${scanned}`;
}

function trouble(state: SearchHostState, hosts: readonly SearchHost[]): string[] {
  const those = hosts.filter((host) => host.state === state);
  if (those.length === 0) return [];
  if (state === "offline") return [`offline: ${named(those.map(({ host }) => host))}`];
  const byMessage = Map.groupBy(those, ({ message = "" }) => message);
  return [...byMessage].map(([message, all]) => `${state}: ${named(all.map(({ host }) => host))}: ${message}`);
}

function named(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Null for what other lines tell. */
function wordsOf(reason: SearchIncomplete, limit: number): string | null {
  switch (reason) {
    case "limit":
      return `there are more: only the newest ${limit} are shown; see --limit, --since and --until`;
    case "size":
      return "there are more: only the newest are shown, since the lines are long";
    case "time":
      return "not all was searched in the time allowed: see --timeout and --since";
    case "bytes":
      return "not all was searched: there is too much of it; see --since, --process and --file";
    case "files":
      return "not all files were searched: there are too many; see --process and --file";
    case "failed":
      return "not all was searched: the search has failed";
    case "unreadable":
    case "hosts":
      return null;
  }
}

function reachedWords(reason: SearchIncomplete, reachedMs: number | undefined): string {
  const isCut = reason === "time" || reason === "bytes";
  return isCut && reachedMs !== undefined ? `; what is newer than ${localTime(reachedMs)} was` : "";
}

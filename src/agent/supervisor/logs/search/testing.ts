/** For tests only: logs of a process that are searched, without an agent around them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Pattern, systemClock } from "../../../../core/mod.ts";
import { logSurgery } from "../../../../platform/mod.ts";
import type { SearchEnd, SearchLine, SearchMatch } from "../../../../protocol/mod.ts";
import type { KeptFile } from "../kept_file.ts";
import type { KeptProcess } from "../kept_process.ts";
import { OwnFile } from "../own_file.ts";
import { searchLogs } from "./search_logs.ts";
import { type SearchQuery, type SearchSizes, USUAL_SIZES } from "./search_query.ts";

export const never = new AbortController().signal;
const LIMITS = { maxBytes: 1e12, maxAgeMs: 0, maxFiles: 1_000, compress: false };

/** A process with a log of its own at `out.log`, or none, and these further ones. */
export function kept(dir: string, logPaths: readonly string[] = [], hasOwn = true): KeptProcess {
  const path = join(dir, "out.log");
  const file = new OwnFile(path, LIMITS, {
    surgery: logSurgery(),
    nowMs: () => Date.now(),
    onTrouble: (error) => {
      throw error;
    },
    onLost: () => {},
  });
  const files = new Map(hasOwn ? [["stdout", { file } as KeptFile]] : []);
  return { logs: { id: "p", log: { ...LIMITS, stdout: path, stderr: null }, logPaths }, files };
}

export const USUAL_QUERY: Omit<SearchQuery, "pattern"> = {
  file: undefined,
  sinceMs: undefined,
  untilMs: undefined,
  limit: 10_000,
  before: 0,
  after: 0,
  maxBytes: 1e12,
  timeoutMs: 60_000,
};

export interface More extends Partial<Omit<SearchQuery, "pattern">> {
  readonly isRegex?: boolean;
  readonly sizes?: SearchSizes;
  readonly signal?: AbortSignal;
}

export function search(
  process: KeptProcess,
  text: string,
  { isRegex = false, sizes = USUAL_SIZES, signal = never, ...more }: More = {},
) {
  const pattern = new Pattern(text, { isRegex, ignoreCase: false });
  const query: SearchQuery = { ...USUAL_QUERY, pattern, ...more };
  return searchLogs([[{ id: "p", name: "P" }, process]], { query, clock: systemClock, signal, sizes });
}

export async function all(lines: AsyncIterable<SearchLine>): Promise<{ matches: SearchMatch[]; end: SearchEnd }> {
  const matches: SearchMatch[] = [];
  let end: SearchEnd | undefined;
  for await (const line of lines) {
    assert.equal(end, undefined, "nothing comes after the end");
    if (line.type === "match") matches.push(line);
    if (line.type === "end") end = line;
  }
  assert.ok(end !== undefined);
  assert.equal(end.matches, matches.length);
  return { matches, end };
}

export const bytesOf = (text: string) => new TextEncoder().encode(text);
export const textsOf = (matches: readonly SearchMatch[]) => matches.map(({ text }) => text).reverse();

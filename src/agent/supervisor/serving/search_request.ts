import { AppError, HostSelector, Pattern } from "../../../core/mod.ts";
import { sinceOf, wholeNumberOf } from "../../../http/mod.ts";
import { type LogSearchQuery, SEARCH_DEFAULTS, SEARCH_LIMITS } from "../../../protocol/mod.ts";
import type { SearchQuery } from "../logs/search/search_query.ts";

/** A process as one is chosen. */
export interface Choosable {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const MAX_SCANNED_BYTES = Number.MAX_SAFE_INTEGER;

/** What a request asks for; throws `invalid_input` for what makes no sense. */
export function searchQueryOf(query: LogSearchQuery, nowMs: number): SearchQuery {
  const { pattern, regex, ignoreCase, file, since, until } = query;
  const sinceMs = since === undefined ? undefined : sinceOf("since", since, nowMs);
  const untilMs = until === undefined ? undefined : sinceOf("until", until, nowMs);
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs) {
    throw new AppError("invalid_input", "since must be before until");
  }
  const number = (name: "limit" | "before" | "after" | "maxBytes" | "timeoutMs", fallback: number, max: number) => {
    const text = query[name];
    const min = name === "before" || name === "after" ? 0 : 1;
    return text === undefined ? fallback : wholeNumberOf(name, text, { min, max });
  };
  return {
    pattern: new Pattern(pattern, { isRegex: regex === "true", ignoreCase: ignoreCase === "true" }),
    file,
    sinceMs,
    untilMs,
    limit: number("limit", SEARCH_DEFAULTS.matches, SEARCH_LIMITS.matches),
    before: number("before", 0, SEARCH_LIMITS.contextLines),
    after: number("after", 0, SEARCH_LIMITS.contextLines),
    maxBytes: number("maxBytes", SEARCH_DEFAULTS.maxBytes, MAX_SCANNED_BYTES),
    timeoutMs: number("timeoutMs", SEARCH_DEFAULTS.timeoutMs, SEARCH_LIMITS.timeoutMs),
  };
}

/**
 * The processes that a text means: words are ids, groups or names, with `*` in them, of which one must fit; labels, such
 * as `env=prod`, must all hold. Throws `not_found` when it means none.
 */
export function chosenProcesses<T extends Choosable>(text: string | undefined, processes: readonly T[]): T[] {
  if (text === undefined) return [...processes];
  const terms = text.split(",").map((term) => term.trim()).filter((term) => term !== "");
  const isLabel = (term: string) => /[=!]/.test(term);
  const labels = HostSelector.parse(terms.filter(isLabel).join(","));
  const words = terms.filter((term) => !isLabel(term)).map((word) => HostSelector.parse(`name=${word}`));
  const found = processes.filter((process) => {
    const { id, group, name } = process;
    const isNamed = words.length === 0 ||
      words.some((word) => [id, group, name].some((each) => word.matches({ name: each, labels: {} })));
    return isNamed && labels.matches(process);
  });
  if (found.length > 0) return found;
  throw new AppError("not_found", `There is no process "${text}" here: "agent ps" lists them`);
}

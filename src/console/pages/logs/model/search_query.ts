/** What is searched for, as the page's form and its address have it. */
export interface SearchForm {
  readonly pattern: string;
  readonly isRegex: boolean;
  readonly isCaseSensitive: boolean;
  /** Selector or names; empty for all. */
  readonly hosts: string;
  readonly process: string;
  readonly file: string;
  /** One of SPANS, or `range`: then from `from` to `to`. */
  readonly span: string;
  /** As `datetime-local` has it, of the browser's time zone; empty for no bound. */
  readonly from: string;
  readonly to: string;
  readonly limit: string;
}

export const SPANS = ["15m", "1h", "6h", "24h", "7d", "30d", "all"] as const;
export const RANGE = "range";
export const LIMITS = ["200", "1000", "5000", "10000"] as const;
export const DEFAULT_SPAN = "24h";
export const DEFAULT_LIMIT = "1000";

export function formOf(query: URLSearchParams): SearchForm {
  const text = (name: string) => query.get(name) ?? "";
  const [from, to] = [text("from"), text("to")];
  const span = text("span");
  const isKnown = span === RANGE || SPANS.some((each) => each === span);
  return {
    pattern: text("pattern"),
    isRegex: text("regex") === "1",
    isCaseSensitive: text("case") === "1",
    hosts: text("hosts"),
    process: text("process"),
    file: text("file"),
    span: isKnown ? span : from !== "" || to !== "" ? RANGE : DEFAULT_SPAN,
    from,
    to,
    limit: LIMITS.some((each) => each === text("limit")) ? text("limit") : DEFAULT_LIMIT,
  };
}

/** What of the form is to stand in the address; what is as always is empty. */
export function addressOf(form: SearchForm): Record<string, string> {
  const isRange = form.span === RANGE;
  return {
    pattern: form.pattern,
    regex: form.isRegex ? "1" : "",
    case: form.isCaseSensitive ? "1" : "",
    hosts: form.hosts.trim(),
    process: form.process.trim(),
    file: form.file.trim(),
    span: form.span === DEFAULT_SPAN ? "" : form.span,
    from: isRange ? form.from : "",
    to: isRange ? form.to : "",
    limit: form.limit === DEFAULT_LIMIT ? "" : form.limit,
  };
}

export type RangeProblem = "time" | "order";

/** What is wrong with the times; null where nothing is. */
export function rangeProblem({ span, from, to }: SearchForm): RangeProblem | null {
  if (span !== RANGE) return null;
  const [first, last] = [from, to].map((text) => text === "" ? null : Date.parse(text));
  if (Number.isNaN(first) || Number.isNaN(last)) return "time";
  const isBoth = typeof first === "number" && typeof last === "number";
  return isBoth && first >= last ? "order" : null;
}

/** The query of the manager's route. */
export function apiQueryOf(form: SearchForm): Record<string, string | undefined> {
  const time = (text: string) => text === "" ? undefined : new Date(text).toISOString();
  const isRange = form.span === RANGE;
  return {
    pattern: form.pattern,
    regex: form.isRegex ? "true" : undefined,
    ignoreCase: form.isCaseSensitive ? undefined : "true",
    select: form.hosts.trim() || undefined,
    process: form.process.trim() || undefined,
    file: form.file.trim() || undefined,
    since: isRange ? time(form.from) : form.span === "all" ? undefined : form.span,
    until: isRange ? time(form.to) : undefined,
    limit: form.limit,
  };
}

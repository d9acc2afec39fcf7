/** Labels as people write them: `env=prod`, one in a line. */

/** As the API takes them; said here too, so that a slip is shown while typing. */
const KEY = /^[A-Za-z0-9](?:[A-Za-z0-9_./-]{0,62}[A-Za-z0-9])?$/;
const MAX_VALUE_LENGTH = 200;
const MAX_LABELS = 64;

export type LabelProblem =
  | { readonly kind: "no_value" | "bad_key" | "twice" | "bad_value"; readonly line: number; readonly text: string }
  | { readonly kind: "too_many"; readonly line: number; readonly text: string };

export interface ReadLabels {
  readonly labels: Readonly<Record<string, string>>;
  readonly problem: LabelProblem | null;
}

/** The first problem, if there is one; blanks around key and value and empty lines mean nothing. */
export function readLabels(text: string): ReadLabels {
  const labels = new Map<string, string>();
  let problem: LabelProblem | null = null;
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || problem !== null) continue;
    const [key = "", ...rest] = line.split("=");
    const [name, value] = [key.trim(), rest.join("=").trim()];
    const kind = problemOf(name, rest.length === 0 ? null : value, labels);
    if (kind === null) labels.set(name, value);
    else problem = { kind, line: at + 1, text: line };
  }
  return { labels: Object.fromEntries(labels), problem };
}

export function labelLines(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1).map(([key, value]) => `${key}=${value}`).join("\n");
}

function problemOf(
  key: string,
  value: string | null,
  before: ReadonlyMap<string, string>,
): LabelProblem["kind"] | null {
  if (value === null) return "no_value";
  if (!KEY.test(key)) return "bad_key";
  if (value.length > MAX_VALUE_LENGTH || /\p{Cc}/u.test(value)) return "bad_value";
  if (before.has(key)) return "twice";
  return before.size >= MAX_LABELS ? "too_many" : null;
}

export interface LabelChange {
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}

/** What a change of labels comes to, for the preview. */
export function labelChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): LabelChange[] {
  const valueOf = (labels: Readonly<Record<string, string>>, key: string) =>
    Object.hasOwn(labels, key) ? labels[key] : undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((key) => {
    const [was, is] = [valueOf(before, key), valueOf(after, key)];
    if (was === is) return [];
    return [{ key, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
}

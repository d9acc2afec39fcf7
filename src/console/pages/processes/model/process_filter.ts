import { HostSelector } from "../../../../core/mod.ts";
import type { ProcessState } from "../../../../protocol/mod.ts";
import type { ProcessRow } from "./process_row.ts";

/** What the address holds of the list: so a filter outlives a reload and can be sent to somebody. */
export interface ListQuery {
  readonly text: string;
  /** Separated by commas. */
  readonly states: string;
  /** A selector of labels, like that of hosts. */
  readonly label: string;
}

export type Filter =
  | { readonly matches: (row: ProcessRow) => boolean; readonly problem?: undefined }
  | { readonly matches: (row: ProcessRow) => boolean; readonly problem: string };

export const GROUPINGS = ["none", "host", "state", "name"] as const;
/** Or `label:KEY`. */
export type Grouping = (typeof GROUPINGS)[number] | `label:${string}`;

const LABEL = "label:";
const MAX_OFFERED_LABELS = 50;

/** A filter that cannot be read filters nothing away, and says why. */
export function filterOf({ text, states, label }: ListQuery): Filter {
  const part = text.trim().toLowerCase();
  const wanted = statesOf(states);
  const { selects, problem } = labelFilter(label);
  const matches = (row: ProcessRow) =>
    (wanted.length === 0 || wanted.includes(row.state)) &&
    (part === "" || [row.id, row.name, row.host, row.reason].some((each) => each.toLowerCase().includes(part))) &&
    selects(row);
  return problem === undefined ? { matches } : { matches, problem };
}

export function statesOf(text: string): ProcessState[] {
  return text.split(",").map((state) => state.trim()).filter((state) => state !== "") as ProcessState[];
}

/** The states with one more, or one less. */
export function toggled(text: string, state: ProcessState): string {
  const states = statesOf(text);
  return (states.includes(state) ? states.filter((each) => each !== state) : [...states, state]).join(",");
}

function labelFilter(text: string): { readonly selects: (row: ProcessRow) => boolean; readonly problem?: string } {
  try {
    const selector = HostSelector.parse(text);
    return { selects: (row) => selector.isEverything || selector.matches(row) };
  } catch (error) {
    return { selects: () => true, problem: error instanceof Error ? error.message : String(error) };
  }
}

export function groupingOf(text: string): Grouping {
  if (text.startsWith(LABEL) && text.length > LABEL.length) return text as Grouping;
  return GROUPINGS.find((known) => known === text) ?? "none";
}

/** Under which heading a row comes; "" for a row without the label. */
export function groupKey(row: ProcessRow, grouping: Grouping): string {
  switch (grouping) {
    case "none":
      return "";
    case "host":
    case "state":
    case "name":
      return row[grouping];
    default: {
      const key = grouping.slice(LABEL.length);
      return Object.hasOwn(row.labels, key) ? row.labels[key] ?? "" : "";
    }
  }
}

/** The labels by which there is something to group, the most frequent first. */
export function labelKeysOf(rows: Iterable<ProcessRow>): string[] {
  const counts = new Map<string, number>();
  for (const { labels } of rows) {
    for (const key of Object.keys(labels)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MAX_OFFERED_LABELS).map(([key]) =>
    key
  );
}

import type { SettingsRule } from "../../../protocol/mod.ts";
import { knownKey, readValue, textOfValue, type ValueKind, type ValueProblem } from "./value_text.ts";

/** A rule while it is being edited: each key with the text of its value. */
export interface DraftEntry {
  readonly key: string;
  readonly text: string;
}

export type EntryProblem = `value_${ValueProblem}`;

export type ReadDraft =
  | { readonly values: Readonly<Record<string, unknown>> }
  | { readonly problems: ReadonlyMap<string, EntryProblem> };

const KEY = /^[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_-]{1,64})*$/;
const MAX_KEY_LENGTH = 200;

export function entriesOf(rule: SettingsRule | null): DraftEntry[] {
  return Object.entries(rule?.values ?? {}).map(([key, value]) => ({ key, text: textOfValue(kindOf(key), value) }));
}

/** A key that is added begins with its default, or what else is likely. */
export function newEntry(key: string): DraftEntry {
  const known = knownKey(key);
  if (known === null) return { key, text: "" };
  if (known.default !== null) return { key, text: textOfValue(known.kind, known.default) };
  return { key, text: known.kind === "switch" ? "on" : known.words[0] ?? "" };
}

export function kindOf(key: string): ValueKind | null {
  return knownKey(key)?.kind ?? null;
}

export function isKey(text: string): boolean {
  return text.length <= MAX_KEY_LENGTH && KEY.test(text);
}

/** The values, or what is wrong with some of them. */
export function readDraft(entries: readonly DraftEntry[]): ReadDraft {
  const values: Record<string, unknown> = {};
  const problems = new Map<string, EntryProblem>();
  for (const { key, text } of entries) {
    const read = readValue(kindOf(key), text);
    if ("problem" in read) problems.set(key, `value_${read.problem}`);
    else values[key] = read.value;
  }
  return problems.size > 0 ? { problems } : { values };
}

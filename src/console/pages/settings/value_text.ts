import { Duration } from "../../../core/mod.ts";
import KNOWN from "./known_keys.json" with { type: "json" };

/** The keys that can be set, and their values as people write them. The manager has the last word on every value. */

export const KINDS = ["duration", "size", "switch", "choice", "number", "list", "text"] as const;
export type ValueKind = (typeof KINDS)[number];

export interface KnownKey {
  readonly key: string;
  readonly kind: ValueKind;
  readonly words: readonly string[];
  /** What holds where nothing else says so; null where the manager's config says it. */
  readonly default: unknown;
  readonly description: string;
}

export const KNOWN_KEYS: readonly KnownKey[] = KNOWN.map((known): KnownKey => ({
  key: known.key,
  kind: KINDS.find((kind) => kind === known.kind) ?? "text",
  words: "words" in known && Array.isArray(known.words) ? known.words.map(String) : [],
  default: known.default,
  description: known.description,
}));

export function knownKey(key: string): KnownKey | null {
  return KNOWN_KEYS.find((known) => known.key === key) ?? null;
}

export type ValueProblem = "empty" | "no_duration" | "no_size" | "no_number" | "no_switch";
export type ReadValue = { readonly value: unknown } | { readonly problem: ValueProblem };

const SIZE = /^\d+(\.\d+)?\s*([kmgt]i?)?b?$/i;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** What a text stands for as a value of a key; of an unknown key what it looks like. */
export function readValue(kind: ValueKind | null, text: string): ReadValue {
  const trimmed = text.trim();
  if (kind === "list") return { value: splitList(text) };
  if (kind === "text") return { value: text };
  if (trimmed === "") return { problem: "empty" };
  switch (kind) {
    case "duration":
      return Duration.parse(trimmed) === null ? { problem: "no_duration" } : { value: trimmed };
    case "size":
      return SIZE.test(trimmed) ? { value: trimmed } : { problem: "no_size" };
    case "number":
      return NUMBER.test(trimmed) ? { value: Number(trimmed) } : { problem: "no_number" };
    case "switch":
      if (trimmed === "on" || trimmed === "true") return { value: true };
      return trimmed === "off" || trimmed === "false" ? { value: false } : { problem: "no_switch" };
    case "choice":
      return { value: trimmed };
    case null:
      return { value: guessed(trimmed) };
  }
}

/** The value as its field has it, from which `readValue` makes the same value again. */
export function textOfValue(kind: ValueKind | null, value: unknown): string {
  if (kind === "switch" && typeof value === "boolean") return value ? "on" : "off";
  if (kind === "list" && Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "string" && (kind !== null || guessed(value) === value)) return value;
  return JSON.stringify(value) ?? "";
}

/** For reading only. */
export function shownValue(value: unknown): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.length === 0 ? "[]" : value.map((item) => shownValue(item)).join(", ");
  return typeof value === "string" ? (value === "" ? '""' : value) : JSON.stringify(value) ?? "";
}

function splitList(text: string): string[] {
  return text.split(/[,\n]/).map((item) => item.trim()).filter((item) => item !== "");
}

function guessed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a word, as most values are
  }
}

/** What a rule's editor asks of the manager: the keys that are new or other, and null for those that are gone. */
export function changedValues(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    if (!Object.hasOwn(before, key) || JSON.stringify(before[key]) !== JSON.stringify(value)) changed[key] = value;
  }
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) changed[key] = null;
  return changed;
}

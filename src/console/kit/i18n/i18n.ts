import { type ReadonlySignal, signal } from "@preact/signals";
import { isText, store, stored } from "../storage.ts";
import type { Dictionary, en } from "./en.ts";

/**
 * The console's languages. Each is one dictionary and a chunk of its own; the type of the English one is what the others
 * must have, no more and no less. A text is looked up when it is rendered, so another language shows at once.
 */

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", zh: "中文" };

type Sections = typeof en;
/** `hosts.title`, `common.cancel` … */
export type TextKey = { [S in keyof Sections & string]: `${S}.${keyof Sections[S] & string}` }[keyof Sections & string];
export type TextValues = Readonly<Record<string, string | number>>;

const KEY = "language";
const chosen = signal<Language>("en");
const dictionary = signal<Dictionary | null>(null);

export const language: ReadonlySignal<Language> = chosen;

/** The dictionary is there when this resolves; before, keys would be shown. */
export async function startLanguage(): Promise<void> {
  await use(preferred());
}

export async function setLanguage(next: Language): Promise<void> {
  await use(next);
  store(KEY, next);
}

/**
 * The text of a key with `{name}` replaced by the value of that name. Where a text has two forms with `|` between, the
 * first is for an `n` of one.
 */
export function t(key: TextKey, values: TextValues = {}): string {
  return filled(formOf(key, values["n"]), values);
}

/** Texts of the given dictionary; main.tsx gives none, tests give theirs. */
export function setDictionary(next: Dictionary, name: Language): void {
  dictionary.value = next;
  chosen.value = name;
}

function formOf(key: TextKey, n: unknown): string {
  const [section = "", name = ""] = key.split(".", 2);
  const found = (dictionary.value as Record<string, Record<string, string>> | null)?.[section]?.[name] ?? key;
  const at = n === undefined ? -1 : found.indexOf("|");
  if (at === -1) return found;
  return Number(n) === 1 ? found.slice(0, at) : found.slice(at + 1);
}

function filled(text: string, values: TextValues): string {
  return text.replaceAll(
    /\{(\w+)\}/g,
    (whole, name: string) => Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

async function use(next: Language): Promise<void> {
  const found: Dictionary = next === "zh" ? (await import("./zh.ts")).zh : (await import("./en.ts")).en;
  setDictionary(found, next);
  globalThis.document?.documentElement.setAttribute("lang", next === "zh" ? "zh-CN" : next);
}

function preferred(): Language {
  const kept = stored(KEY, isText, "");
  const wishes = [kept, ...globalThis.navigator?.languages ?? []];
  return wishes.map((wish) => LANGUAGES.find((each) => wish.toLowerCase().split("-")[0] === each)).find((each) =>
    each !== undefined
  ) ?? "en";
}

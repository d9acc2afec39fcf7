import { count } from "./counts.ts";

/** The rest of the first line that begins with this key, without the blanks around it. */
export function valueAfter(text: string, key: string): string | undefined {
  const at = text.startsWith(key) ? 0 : text.indexOf(`\n${key}`) + 1;
  if (at === 0 && !text.startsWith(key)) return undefined;
  const end = text.indexOf("\n", at);
  return text.slice(at + key.length, end < 0 ? text.length : end).trim();
}

/** The whole number there; what follows it, such as "kB", does not matter. */
export function countAfter(text: string, key: string): number | undefined {
  const value = valueAfter(text, key);
  if (value === undefined) return undefined;
  const blank = value.search(/[ \t]/);
  return count(blank < 0 ? value : value.slice(0, blank));
}

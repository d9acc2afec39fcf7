/** Labels as people type them in one line: `env=prod,team=web`. */

/** As the API takes them. */
const KEY = /^[A-Za-z0-9](?:[A-Za-z0-9_./-]{0,62}[A-Za-z0-9])?$/;
const VALUE = /^[^\p{Cc}]{0,200}$/u;

export type ReadLabelsText =
  | { readonly labels: Readonly<Record<string, string>>; readonly wrong: null }
  | { readonly labels: null; readonly wrong: string };

/** The first part that is none is given back as `wrong`. */
export function labelsOf(text: string): ReadLabelsText {
  const labels: [string, string][] = [];
  for (const part of partsOf(text)) {
    const at = part.indexOf("=");
    const [key, value] = at === -1 ? [part, ""] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (at === -1 || !KEY.test(key) || !VALUE.test(value)) return { labels: null, wrong: part };
    labels.push([key, value]);
  }
  return { labels: Object.fromEntries(labels), wrong: null };
}

/** Keys alone: `env, team`. */
export function labelKeysOf(text: string): { readonly keys: readonly string[]; readonly wrong: string | null } {
  const keys = partsOf(text);
  return { keys, wrong: keys.find((key) => !KEY.test(key)) ?? null };
}

function partsOf(text: string): string[] {
  return text.split(/[,\n]/).map((part) => part.trim()).filter((part) => part !== "");
}

import { AppError, HostSelector } from "../../../core/mod.ts";
import type { HostView } from "../../../protocol/mod.ts";

/**
 * The hosts that a text means: names or ids, with `*` in them, separated by commas; or, where it has a comparison in it or
 * names nobody, a selector. All of them without a text. Throws `not_found` when it means none.
 */
export function chosenHosts(text: string | undefined, visible: readonly HostView[]): HostView[] {
  if (text === undefined || text.trim() === "") return [...visible];
  const words = text.split(",").map((word) => word.trim()).filter((word) => word !== "");
  const named = /[=!]/.test(text) ? [] : namedHosts(words, visible);
  if (named.length > 0) return named;
  const selector = selectorOf(text);
  const found = selector === null ? [] : visible.filter((host) => selector.matches(host));
  if (found.length > 0) return found;
  throw new AppError("not_found", `No host that you may see is called, or matches, ${text.slice(0, 200)}`);
}

/** None of them where one of the words names nobody: then the reader may have meant labels, or is told. */
function namedHosts(words: readonly string[], visible: readonly HostView[]): HostView[] {
  const chosen = new Set<HostView>();
  for (const word of words) {
    const pattern = word.includes("*") ? HostSelector.parse(`name=${word}`) : null;
    const own = visible.filter((host) => pattern?.matches(host) ?? (host.name === word || host.id === word));
    if (own.length === 0) return [];
    for (const host of own) chosen.add(host);
  }
  return [...chosen];
}

function selectorOf(text: string): HostSelector | null {
  try {
    return HostSelector.parse(text);
  } catch (error) {
    if (/[=!]/.test(text)) throw error;
    return null; // it was meant as a name
  }
}

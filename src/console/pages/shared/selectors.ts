import { HostSelector } from "../../../core/mod.ts";
import type { HostView } from "../../../protocol/mod.ts";

/** Null for what is no selector. */
export function selectorOf(text: string): HostSelector | null {
  try {
    return HostSelector.parse(text);
  } catch {
    return null; // it is being typed; the field says what is wrong
  }
}

/** The hosts that a selector means. */
export function fitting(selector: HostSelector | null, hosts: Iterable<HostView>): HostView[] {
  if (selector === null) return [];
  const found: HostView[] = [];
  for (const host of hosts) if (selector.matches(host)) found.push(host);
  return found;
}

/** Whose hosts a selector means, in one word for a badge. */
export function selectorKind(selector: HostSelector): "all" | "labels" | "name" {
  if (selector.isEverything) return "all";
  return /(?:^|,)\s*name\s*=/.test(selector.text) ? "name" : "labels";
}

import { HostSelector } from "../../../core/mod.ts";
import { HOST_STATES, type HostState, type HostView } from "../../../protocol/mod.ts";

/** What the table is narrowed by, as it stands in the address. */
export interface HostWish {
  /** Parts of name, hostname, address, labels, system; all of them must be found. */
  readonly text: string;
  /** `env=prod,team!=db`. */
  readonly select: string;
  /** States by commas, `bad` for hosts with processes that are not well. */
  readonly states: string;
}

export const MARKS = ["bad", "drained"] as const;
export type Mark = (typeof MARKS)[number];
/** What a host can be asked to be. */
export type Trait = HostState | Mark;

export interface ReadWish {
  readonly words: readonly string[];
  readonly selector: HostSelector | null;
  /** What is wrong with the selector; null when nothing is. */
  readonly problem: string | null;
  readonly traits: readonly Trait[];
}

export function readWish({ text, select, states }: HostWish): ReadWish {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const wanted = states.split(",");
  const traits = [...HOST_STATES, ...MARKS].filter((trait) => wanted.includes(trait));
  try {
    return { words, selector: HostSelector.parse(select), problem: null, traits };
  } catch (error) {
    // It is being typed: nothing is hidden by what is no selector yet, and the field says why.
    return { words, selector: null, problem: error instanceof Error ? error.message : String(error), traits };
  }
}

export function filterHosts(hosts: Iterable<HostView>, wish: ReadWish): HostView[] {
  const found: HostView[] = [];
  for (const host of hosts) if (fits(host, wish)) found.push(host);
  return found;
}

function fits(host: HostView, { words, selector, traits }: ReadWish): boolean {
  if (traits.length > 0 && !traits.some((trait) => has(host, trait))) return false;
  if (selector !== null && !selector.matches(host)) return false;
  if (words.length === 0) return true;
  const hay = haystack(host);
  return words.every((word) => hay.includes(word));
}

export function has(host: HostView, trait: Trait): boolean {
  if (trait === "bad") return host.processes.bad > 0 && !isAway(host);
  if (trait === "drained") return host.drained;
  return host.state === trait;
}

/** Whether what was last told tells nothing of now. */
export function isAway({ state }: HostView): boolean {
  return state === "offline" || state === "unreachable" || state === "unknown";
}

/** How many hosts have each trait, of those that the rest of the wish leaves. */
export function traitCounts(hosts: Iterable<HostView>, wish: ReadWish): Record<Trait, number> {
  const counts = Object.fromEntries([...HOST_STATES, ...MARKS].map((trait) => [trait, 0])) as Record<Trait, number>;
  const rest = { ...wish, traits: [] };
  for (const host of hosts) {
    if (!fits(host, rest)) continue;
    counts[host.state]++;
    for (const mark of MARKS) if (has(host, mark)) counts[mark]++;
  }
  return counts;
}

/** Made once for each host as it is: thousands are looked through while somebody types. */
const haystacks = new WeakMap<HostView, string>();

function haystack(host: HostView): string {
  const found = haystacks.get(host);
  if (found !== undefined) return found;
  const { name, address, labels, facts } = host;
  const parts = [name, facts?.hostname, address, facts?.address, facts?.osName, facts?.os, facts?.arch, facts?.version];
  for (const [key, value] of Object.entries(labels)) parts.push(`${key}=${value}`);
  const made = parts.filter((part) => part !== undefined).join("\n").toLowerCase();
  haystacks.set(host, made);
  return made;
}

/** What hosts can be grouped by: the keys of their labels. */
export function labelKeys(hosts: Iterable<HostView>, max: number): string[] {
  const keys = new Set<string>();
  for (const { labels } of hosts) for (const key of Object.keys(labels)) keys.add(key);
  return [...keys].sort().slice(0, max);
}

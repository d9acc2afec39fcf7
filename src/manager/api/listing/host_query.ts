import { AppError, HostSelector } from "../../../core/mod.ts";
import { HOST_STATES, type HostView } from "../../../protocol/mod.ts";
import type { Order } from "./page.ts";

export interface HostFilterQuery {
  readonly select?: string | undefined;
  readonly text?: string | undefined;
  readonly state?: string | undefined;
}

/** Which hosts a list's query leaves; null stands for no wish, so that a list of thousands asks nothing in vain. */
export function hostFilter({ select, text, state }: HostFilterQuery): ((host: HostView) => boolean) | null {
  const selector = select === undefined ? null : HostSelector.parse(select);
  const wanted = state === undefined ? null : wordsOf("state", state, HOST_STATES);
  const part = text === undefined || text === "" ? null : text.toLowerCase();
  if ((selector === null || selector.isEverything) && wanted === null && part === null) return null;
  return (host) =>
    (wanted === null || wanted.includes(host.state)) &&
    (selector === null || selector.matches(host)) &&
    (part === null || holds(host, part));
}

const SORT_KEYS: Readonly<Record<string, (host: HostView) => string | number>> = {
  name: ({ name }) => name,
  // By state, and by name within it.
  state: ({ state, name }) => `${HOST_STATES.indexOf(state)} ${name}`,
  lastSeen: ({ lastSeenMs }) => lastSeenMs ?? 0,
  enrolled: ({ enrolledMs }) => enrolledMs,
};

/** The order that `sort` asks for: a key, with - before it for the reverse. */
export function hostOrder(sort = "name"): Order<HostView> {
  const isReversed = sort.startsWith("-");
  const keyOf = SORT_KEYS[isReversed ? sort.slice(1) : sort] ?? ((host: HostView) => host.name);
  return { name: `hosts ${sort}`, isReversed, keyOf, idOf: ({ id }) => id };
}

/** Words separated by commas, each of which must be known. */
export function wordsOf<W extends string>(name: string, text: string, known: readonly W[]): W[] {
  return text.split(",").map((word) => word.trim()).map((word) => {
    const found = known.find((each) => each === word);
    if (found !== undefined) return found;
    throw new AppError("invalid_input", `${name} must be among ${known.join(", ")}, got "${word}"`);
  });
}

function holds({ name, address, facts, labels }: HostView, part: string): boolean {
  return has(name, part) || has(facts?.hostname, part) || has(address, part) || has(facts?.address, part) ||
    Object.entries(labels).some(([key, value]) => has(`${key}=${value}`, part));
}

function has(text: string | undefined, part: string): boolean {
  return text !== undefined && text.toLowerCase().includes(part);
}

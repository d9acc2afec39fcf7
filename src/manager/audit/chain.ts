import { createHash } from "node:crypto";
import type { AuditEntry } from "../../protocol/mod.ts";
import { canonicalJson } from "./canonical_json.ts";

/** What the first entry builds on. */
export const NO_HASH = "";

/** The end of the chain, on which the next entry builds. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}
export const CHAIN_START: ChainEnd = { seq: 0, hash: NO_HASH };

/** SHA-256, hex, over all fields of the entry and the hash of the one before. */
export function hashEntry(entry: Omit<AuditEntry, "hash">, previousHash: string): string {
  const { seq, timeMs, actor, address, action, subject, hostId, result, details } = entry;
  const hashed = { seq, timeMs, actor, address, action, subject, hostId, result, details, previousHash };
  return createHash("sha256").update(canonicalJson(hashed)).digest("hex");
}

/** The entry as it stands after the end of the chain. */
export function linked(entry: Omit<AuditEntry, "hash" | "seq">, { seq, hash }: ChainEnd): AuditEntry {
  const next = { seq: seq + 1, ...entry };
  return { ...next, hash: hashEntry(next, hash) };
}

export interface LinkProblem {
  readonly seq: number;
  readonly reason: string;
}

/** What is wrong with an entry that should follow this end; null when nothing is. `later` ones help to tell why. */
export function linkProblem(entry: AuditEntry, end: ChainEnd, later: () => readonly AuditEntry[]): LinkProblem | null {
  const { seq } = entry;
  const expected = end.seq + 1;
  if (seq > expected) {
    const what = seq === expected + 1 ? `entry ${expected} is` : `entries ${expected} to ${seq - 1} are`;
    return { seq: expected, reason: `${what} missing` };
  }
  if (seq < expected) return { seq, reason: `entry ${seq} comes again after entry ${end.seq}: they were reordered` };
  if (isLink(entry, end)) return null;
  if (later().some((other) => wasWrittenAfter(entry, other))) {
    return { seq, reason: `entry ${seq} was written after one that now follows it: they were reordered` };
  }
  return { seq, reason: `entry ${seq} is not what was written after entry ${end.seq}: it was changed, or put there` };
}

/** Whether this follows the other, which has kept its number or has been given this one's. */
function wasWrittenAfter(entry: AuditEntry, other: AuditEntry): boolean {
  return [other.seq, other.seq + 1].some((seq) => isLink({ ...entry, seq }, other));
}

function isLink(entry: AuditEntry, { hash }: Pick<ChainEnd, "hash">): boolean {
  try {
    return hashEntry(entry, hash) === entry.hash;
  } catch {
    // Somebody has put something into the database that is too deep to be read; nothing that we write is.
    return false;
  }
}

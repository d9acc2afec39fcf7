import type { Clock } from "../../core/mod.ts";
import type { AuditVerification } from "../../protocol/mod.ts";
import { CHAIN_START, type ChainEnd, linkProblem } from "./chain.ts";
import type { AuditStore } from "./ports.ts";

export interface VerifyOptions {
  readonly clock: Clock;
  /** The end of the chain that the verifier knows of by itself; a store that has less has lost its end. */
  readonly knownEnd?: ChainEnd;
  readonly signal?: AbortSignal;
}

const PART = 500;

/**
 * Walks the whole chain, in parts between which others have their turn, up to where it ended at the beginning. What
 * was cut off at its end can be noticed only by who knows that there was more.
 */
export async function verifyChain(
  store: Pick<AuditStore, "last" | "walk">,
  options: VerifyOptions,
): Promise<AuditVerification> {
  const { clock, signal, knownEnd = CHAIN_START } = options;
  const untilSeq = (await store.last())?.seq ?? 0;
  let end = CHAIN_START;
  let isKnownRight = knownEnd.seq === 0;
  // From the lowest number that there can be, since an entry may have been hidden below the first.
  for (let afterSeq = Number.MIN_SAFE_INTEGER;; afterSeq = end.seq) {
    signal?.throwIfAborted();
    const part = await store.walk(afterSeq, PART);
    for (const [at, entry] of part.entries()) {
      const problem = linkProblem(entry, end, () => part.slice(at + 1));
      if (problem !== null) return { ok: false, entries: end.seq, firstBadSeq: problem.seq, reason: problem.reason };
      end = { seq: entry.seq, hash: entry.hash };
      if (end.seq === knownEnd.seq) isKnownRight = end.hash === knownEnd.hash;
    }
    if (part.length === 0 || end.seq >= untilSeq) break;
    await clock.sleep(0, signal);
  }
  if (end.seq < Math.max(untilSeq, knownEnd.seq)) {
    const reason = `the entries from ${end.seq + 1} on are missing`;
    return { ok: false, entries: end.seq, firstBadSeq: end.seq + 1, reason };
  }
  if (isKnownRight) return { ok: true, entries: end.seq };
  const reason = `the chain was written anew: its entry ${knownEnd.seq} is not the one that this manager has written`;
  return { ok: false, entries: 0, firstBadSeq: knownEnd.seq, reason };
}

import { fullJitterMs } from "../../core/mod.ts";

/** What is remembered between tries. */
export interface Tries {
  /** Which address is next. */
  readonly address: number;
  /** Rounds in a row, over all addresses, that came to nothing. */
  readonly failures: number;
  /** How many addresses were tried in this round. */
  readonly tried: number;
  /** Whether anything in this round may go better without somebody changing something. */
  readonly isHopeful: boolean;
  /** The longest that a manager has asked for in this round. */
  readonly retryAfterMs: number;
}

export const FIRST_TRY: Tries = { address: 0, failures: 0, tried: 0, isHopeful: false, retryAfterMs: 0 };

/** How a try ended: without a connection, or with one that has ended. */
export type TryEnd =
  | { readonly kind: "failed"; readonly isHopeful: boolean; readonly retryAfterMs?: number | undefined }
  /** `againInMs`: the manager has asked for it, and it was spread already. */
  | { readonly kind: "ended"; readonly livedMs: number; readonly againInMs?: number | undefined };

export interface RetryLimits {
  readonly addresses: number;
  readonly maxMs: number;
  /** From 0 to 1. */
  readonly random: number;
}

export interface NextTry {
  readonly tries: Tries;
  readonly waitMs: number;
  /** A round over all addresses is over, or a connection. */
  readonly isRoundOver: boolean;
  /** Whether waiting can help. */
  readonly isHopeful: boolean;
}

const BASE_MS = 1_000;
/** Nothing changes by itself, but a manager may be given back what it had forgotten, and files may be put in place. */
const HOPELESS_MS = 60 * 60_000;
/** No manager can send a host away for longer. */
export const MAX_ASKED_MS = 60 * 60_000;
/** What was asked for is exceeded by up to this part, so that those who were sent away together do not come together. */
const SPREAD = 0.5;
/** A connection that lived for so long was a good one, whatever the longest wait is. */
const GOOD_MS = 60_000;

/** When to try again, and where. Pure: nothing happens here. */
export function afterTry(tries: Tries, end: TryEnd, limits: RetryLimits): NextTry {
  return end.kind === "ended" ? afterLink(tries, end, limits) : afterFailure(tries, end, limits);
}

function afterLink(
  { address, failures }: Tries,
  { livedMs, againInMs }: Extract<TryEnd, { kind: "ended" }>,
  { addresses, maxMs, random }: RetryLimits,
): NextTry {
  // A manager that takes hosts and drops them at once must not have all of them at its door each second.
  const inARow = livedMs >= GOOD_MS ? 1 : failures + 1;
  const waitMs = againInMs ?? fullJitterMs({ baseMs: BASE_MS, maxMs }, inARow, random);
  const next = (againInMs === undefined ? address : address + 1) % addresses;
  return { tries: { ...FIRST_TRY, address: next, failures: inARow }, waitMs, isRoundOver: true, isHopeful: true };
}

function afterFailure(
  tries: Tries,
  end: Extract<TryEnd, { kind: "failed" }>,
  { addresses, maxMs, random }: RetryLimits,
): NextTry {
  const address = (tries.address + 1) % addresses;
  const tried = tries.tried + 1;
  const isHopeful = tries.isHopeful || end.isHopeful;
  const retryAfterMs = Math.min(MAX_ASKED_MS, Math.max(tries.retryAfterMs, end.retryAfterMs ?? 0));
  if (tried < addresses) {
    return { tries: { ...tries, address, tried, isHopeful, retryAfterMs }, waitMs: 0, isRoundOver: false, isHopeful };
  }
  const failures = tries.failures + 1;
  const ownMs = isHopeful ? fullJitterMs({ baseMs: BASE_MS, maxMs }, failures, random) : HOPELESS_MS * (1 + random);
  const askedMs = Math.round(retryAfterMs * (1 + SPREAD * random));
  const waitMs = Math.round(Math.max(ownMs, askedMs));
  return { tries: { ...FIRST_TRY, address, failures }, waitMs, isRoundOver: true, isHopeful };
}

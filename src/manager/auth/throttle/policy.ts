/** How failed logins make the next ones wait. Pure: nothing happens here. Times are of the monotonic clock. */
export interface ThrottleRule {
  /** From this failure on there is a wait. */
  readonly free: number;
  /** The first wait; each further failure doubles it. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** So long after the last failure all is forgotten. */
  readonly forgetMs: number;
}

export interface Tries {
  readonly failures: number;
  /** Begun, and not ended yet. */
  readonly underWay: number;
  readonly untilMs: number;
  readonly failedMs: number;
}

export type Outcome = "failed" | "succeeded" | "abandoned";

export const NO_TRIES: Tries = { failures: 0, underWay: 0, untilMs: 0, failedMs: -Infinity };

/** Beyond it a power of two is larger than any wait. */
const MAX_DOUBLINGS = 40;

/**
 * How long until a try is let in; 0 for now. Tries under way count as failures until they have ended, so that nobody
 * gets more guesses by making them all at once.
 */
export function waitMs(before: Tries, rule: ThrottleRule, nowMs: number): number {
  const { failures, underWay, untilMs } = remembered(before, rule, nowMs);
  if (nowMs < untilMs) return untilMs - nowMs;
  return underWay > 0 && failures + underWay >= rule.free ? rule.baseMs : 0;
}

export function begun(before: Tries, rule: ThrottleRule, nowMs: number): Tries {
  const tries = remembered(before, rule, nowMs);
  return { ...tries, underWay: tries.underWay + 1 };
}

/** A success forgives what failed before only where `isForgiving`. */
export function ended(tries: Tries, outcome: Outcome, rule: ThrottleRule, nowMs: number, isForgiving: boolean): Tries {
  const underWay = Math.max(0, tries.underWay - 1);
  if (outcome === "abandoned") return { ...tries, underWay };
  if (outcome === "succeeded") return isForgiving ? { ...NO_TRIES, underWay } : { ...tries, underWay };
  const failures = tries.failures + 1;
  const over = failures - rule.free;
  const untilMs = over < 0 ? 0 : nowMs + Math.min(rule.maxMs, rule.baseMs * 2 ** Math.min(over, MAX_DOUBLINGS));
  return { failures, underWay, untilMs, failedMs: nowMs };
}

function remembered(tries: Tries, rule: ThrottleRule, nowMs: number): Tries {
  return nowMs - tries.failedMs >= rule.forgetMs ? { ...NO_TRIES, underWay: tries.underWay } : tries;
}

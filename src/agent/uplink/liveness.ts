/** Decides when a silent link is asked for a sign of life, and when it is given up. Pure: nothing happens here. */
export interface Liveness {
  /** When the last message had come, as far as was known at the last look. */
  readonly heardAtMs: number;
  readonly missed: number;
}

export type LivenessVerdict = "fine" | "ask" | "dead";

export const MAX_MISSED = 3;
/** The manager's own interval may be long; a router forgets a silent connection after some minutes. */
const LONGEST_PERIOD_MS = 30_000;
const SHORTEST_PERIOD_MS = 1_000;

/** The time in which something is to be heard of the manager. */
export function periodOf(intervalMs: number): number {
  return Math.min(LONGEST_PERIOD_MS, Math.max(SHORTEST_PERIOD_MS, intervalMs));
}

/**
 * To be called every half period. Only what was asked for and not answered counts, never how much time has passed: a
 * machine that has slept, or was too busy to look, asks before it gives up. A link that is dead is found within three
 * periods.
 */
export function look(
  before: Liveness,
  heardAtMs: number,
  nowMs: number,
  periodMs: number,
): { readonly next: Liveness; readonly verdict: LivenessVerdict } {
  const missed = heardAtMs === before.heardAtMs ? before.missed : 0;
  if (nowMs - heardAtMs < periodMs) return { next: { heardAtMs, missed: 0 }, verdict: "fine" };
  if (missed >= MAX_MISSED) return { next: { heardAtMs, missed }, verdict: "dead" };
  return { next: { heardAtMs, missed: missed + 1 }, verdict: "ask" };
}

import { setBytesText, usedBytesText } from "./amounts.ts";

/** Since when a tree has had more than its limit; of one that was just started, null. */
export interface GuardState {
  readonly overSinceMs: number | null;
  /** When it was found that it has less than its processes seem to have. */
  readonly acquittedMs: number | null;
}

export const NO_GUARD_STATE: GuardState = { overSinceMs: null, acquittedMs: null };

/** How long it is believed that the processes of a tree only share much: to look again costs some milliseconds. */
const ACQUITTAL_MS = 60_000;

/**
 * Whether a tree must be ended for having more memory than its limit, where the kernel does not see to that: when two
 * measurements in a row say so, since a moment's need is no harm. The measured memory counts what processes share once
 * for each of them; before anybody is ended, `exactBytes` is asked, which may say undefined.
 *
 * The verdict is the reason, or null: "over its memory limit: 612.3 MB of 512 MB".
 */
export function judgeMemory(
  state: GuardState,
  rssBytes: number | undefined,
  limitBytes: number,
  nowMs: number,
  exactBytes: () => number | undefined,
): { readonly state: GuardState; readonly verdict: string | null } {
  if (limitBytes <= 0) return { state: NO_GUARD_STATE, verdict: null };
  if (rssBytes === undefined) return { state, verdict: null };
  if (rssBytes <= limitBytes) return { state: { ...state, overSinceMs: null }, verdict: null };
  const { overSinceMs, acquittedMs } = state;
  if (overSinceMs === null) return { state: { ...state, overSinceMs: nowMs }, verdict: null };
  if (acquittedMs !== null && nowMs - acquittedMs < ACQUITTAL_MS) return { state, verdict: null };
  const usedBytes = exactBytes() ?? rssBytes;
  if (usedBytes <= limitBytes) return { state: { overSinceMs, acquittedMs: nowMs }, verdict: null };
  const verdict = `over its memory limit: ${usedBytesText(usedBytes)} of ${setBytesText(limitBytes)}`;
  return { state: NO_GUARD_STATE, verdict };
}

/** What counters tell of the time between two readings; nothing where they do not tell. */

/**
 * The growth per second of a counter. Absent when it is not known before, when it was reset or has wrapped (it is then
 * smaller than before), and when no time has passed: a rate is never negative and never made up.
 */
export function perSecond(
  current: number | undefined,
  before: number | undefined,
  elapsedSeconds: number,
): number | undefined {
  if (current === undefined || before === undefined || !(elapsedSeconds > 0)) return undefined;
  const growth = current - before;
  return growth >= 0 && Number.isFinite(growth) ? growth / elapsedSeconds : undefined;
}

/** The part of the time, in percent, that a counter of seconds has grown by; at most 100 whatever the clocks say. */
export function percentOfTime(
  current: number | undefined,
  before: number | undefined,
  elapsedSeconds: number,
): number | undefined {
  const rate = perSecond(current, before, elapsedSeconds);
  return rate === undefined ? undefined : Math.min(100, rate * 100);
}

/** So much of so much; absent where either is, and where there is nothing to be a part of. At most 100. */
export function percentOf(part: number | undefined, whole: number | undefined): number | undefined {
  if (part === undefined || whole === undefined || !(whole > 0)) return undefined;
  return Math.min(100, (part / whole) * 100);
}

import { chunksOf } from "./track.ts";

export const FINE_SPAN_MS = 3_600_000;
export const COARSE_SPAN_MS = 24 * 3_600_000;
/** One row a second at most, so that no interval makes an hour long. */
const SHORTEST_STEP_MS = 1_000;
const LONGEST_STEP_MS = 600_000;

/** How finely the hosts' rows are kept. */
export interface Resolution {
  /** Of this many intervals of a host the last hour keeps one reading. */
  readonly fineFactor: number;
  /** One mean of so long in the last day. */
  readonly coarseStepMs: number;
}

export const FULL_RESOLUTION: Resolution = { fineFactor: 1, coarseStepMs: 60_000 };

/** The best first; the day is thinned out before the hour, which is looked at more. */
const LEVELS: readonly Resolution[] = [
  FULL_RESOLUTION,
  { fineFactor: 1, coarseStepMs: 120_000 },
  { fineFactor: 1, coarseStepMs: 300_000 },
  { fineFactor: 2, coarseStepMs: 300_000 },
  { fineFactor: 4, coarseStepMs: 600_000 },
  { fineFactor: 8, coarseStepMs: 600_000 },
  { fineFactor: 16, coarseStepMs: 1_200_000 },
];
/** With it the limit of memory may still be met; then each host's new rows push out its oldest. */
const WORST: Resolution = { fineFactor: 60, coarseStepMs: 1_200_000 };

/** Going back to more is worth it only with room to spare; otherwise a single host more or less would change all. */
const ROOM_FOR_BETTER = 0.8;

export function fineStepOf(intervalMs: number, { fineFactor }: Resolution): number {
  const pace = Math.min(LONGEST_STEP_MS, Math.max(SHORTEST_STEP_MS, Math.round(intervalMs)));
  return Math.min(LONGEST_STEP_MS, pace * fineFactor);
}

/** A minute of readings that come less often than that would be gaps for the most part. */
export function coarseStepOf(intervalMs: number, resolution: Resolution): number {
  return Math.max(resolution.coarseStepMs, fineStepOf(intervalMs, resolution));
}

/** What the hosts will take once they have been there for a day, so that the limit is not first met by then. */
export function chunksNeeded(hostsByInterval: ReadonlyMap<number, number>, resolution: Resolution): number {
  let chunks = 0;
  for (const [intervalMs, hosts] of hostsByInterval) {
    const fine = chunksOf(FINE_SPAN_MS, fineStepOf(intervalMs, resolution));
    const coarse = chunksOf(COARSE_SPAN_MS, coarseStepOf(intervalMs, resolution));
    chunks += hosts * (fine + coarse);
  }
  return chunks;
}

/** The best resolution that fits; the worst there is where none does. */
export function chooseResolution(
  hostsByInterval: ReadonlyMap<number, number>,
  maxChunks: number,
  current: Resolution,
): Resolution {
  for (const level of LEVELS) {
    const isBetter = level.fineFactor < current.fineFactor || level.coarseStepMs < current.coarseStepMs;
    const room = isBetter ? maxChunks * ROOM_FOR_BETTER : maxChunks;
    if (chunksNeeded(hostsByInterval, level) <= room) return isSame(level, current) ? current : level;
  }
  return isSame(WORST, current) ? current : WORST;
}

function isSame(a: Resolution, b: Resolution): boolean {
  return a.fineFactor === b.fineFactor && a.coarseStepMs === b.coarseStepMs;
}

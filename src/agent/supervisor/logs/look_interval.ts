/** How soon a log is looked at again. */

const USUAL_MS = 1_000;
const SHORTEST_MS = 100;
const IDLE_MS = 2_000;
/** After so long without a byte nobody minds to hear of the next one a little later. */
const IDLE_AFTER_MS = 60_000;

export interface Growth {
  readonly grownBytes: number;
  readonly elapsedMs: number;
  readonly silentMs: number;
  /** What it may still grow by before it is rotated. */
  readonly roomBytes: number;
}

/** Each second; sooner where it would be full before, so that it does not get much too long. */
export function nextLookMs({ grownBytes, elapsedMs, silentMs, roomBytes }: Growth): number {
  if (grownBytes <= 0) return silentMs > IDLE_AFTER_MS ? IDLE_MS : USUAL_MS;
  const fullInMs = Math.max(0, roomBytes) / grownBytes * Math.max(1, elapsedMs);
  return Math.max(SHORTEST_MS, Math.min(USUAL_MS, fullInMs / 2));
}

/** When that is: for all that are looked at as usual at the same moment, so that few wake-ups serve many. */
export function inTime(nowMs: number, inMs: number): number {
  return (inMs < USUAL_MS ? nowMs : nowMs - nowMs % USUAL_MS) + inMs;
}

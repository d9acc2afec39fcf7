export interface BackoffLimits {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Beyond it a power of two is larger than any wait that a config can hold. */
const MAX_DOUBLINGS = 40;

/**
 * How long to wait after so many failures in a row: a random part (`random` from 0 to 1) of a span that doubles each time
 * up to the maximum. The whole of it is random, so that many who failed together do not come back together.
 */
export function fullJitterMs({ baseMs, maxMs }: BackoffLimits, failures: number, random: number): number {
  const spanMs = Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(0, failures - 1), MAX_DOUBLINGS));
  return Math.round(spanMs * random);
}

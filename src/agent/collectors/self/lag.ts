import type { Clock } from "../../../core/mod.ts";

/** Each look asks to be woken so soon; what it is woken later is the time that others held the event loop. */
const LOOK_MS = 5;
/** To wake a loop that sleeps takes 200 µs of processor time, so there are no more than make a worst one. */
const LOOKS = 2;

export interface Lag {
  readonly lastSeconds: number;
  readonly maxSeconds: number;
}

/**
 * How late the event loop is. There is no timer between readings: one that looked all the time would cost more than
 * all collectors, so this sees what holds the loop up for long or often, and right after the other collectors read.
 */
export async function measureLag(clock: Clock, signal: AbortSignal): Promise<Lag> {
  let lastMs = 0;
  let maxMs = 0;
  for (let look = 0; look < LOOKS; look++) {
    const startMs = clock.monotonicMs();
    await clock.sleep(LOOK_MS, signal);
    lastMs = Math.max(0, clock.monotonicMs() - startMs - LOOK_MS);
    maxMs = Math.max(maxMs, lastMs);
  }
  return { lastSeconds: lastMs / 1000, maxSeconds: maxMs / 1000 };
}

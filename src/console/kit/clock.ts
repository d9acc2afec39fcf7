import { type ReadonlySignal, signal } from "@preact/signals";

/** Often enough for "3 s ago", and one timer for all of the page. */
const TICK_MS = 1_000;

const current = signal(Date.now());

/** The time of day, each second while the page can be seen. Whoever reads it is rendered anew that often. */
export const now: ReadonlySignal<number> = current;

export function startClock(isVisible: ReadonlySignal<boolean>): void {
  setInterval(() => {
    if (isVisible.peek()) current.value = Date.now();
  }, TICK_MS);
}

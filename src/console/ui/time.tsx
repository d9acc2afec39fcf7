import type { JSX } from "preact";
import { now } from "../kit/clock.ts";
import { ago, dateTime, rough } from "../kit/format.ts";

/** "3 min ago", going on by itself, with the exact time on hover. */
export function Time({ ms }: { readonly ms: number | undefined | null }): JSX.Element {
  if (ms === undefined || ms === null) return <span class="muted">–</span>;
  return <time dateTime={isoOf(ms)} title={dateTime(ms)}>{ago(ms, now.value)}</time>;
}

/** "3 min": for how long something has been so. */
export function Since({ ms }: { readonly ms: number }): JSX.Element {
  return <time dateTime={isoOf(ms)} title={dateTime(ms)}>{rough(Math.max(0, now.value - ms))}</time>;
}

/** The exact time; the dates of a hostile clock may be beyond what dates can be. */
export function At({ ms }: { readonly ms: number | undefined | null }): JSX.Element {
  return <time class="nums" dateTime={isoOf(ms ?? NaN)}>{dateTime(ms)}</time>;
}

function isoOf(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

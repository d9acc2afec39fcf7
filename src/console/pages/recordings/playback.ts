import type { Cast, CastEvent } from "./cast.ts";

/** Playing a recording, as far as it needs no screen: when each event is due, with long silences cut short. */

export const SPEEDS = [0.5, 1, 2, 4, 8] as const;
export type Speed = (typeof SPEEDS)[number];

export interface TimedEvent {
  /** In the played time, in which silences are no longer than was asked for. */
  readonly atMs: number;
  readonly event: CastEvent;
}

export interface Schedule {
  readonly events: readonly TimedEvent[];
  readonly durationMs: number;
  /** How much silence was left out. */
  readonly savedMs: number;
}

/** `maxIdleMs`: the longest silence that is played; Infinity for all of it. */
export function scheduleOf({ events }: Cast, maxIdleMs: number): Schedule {
  let atMs = 0;
  let lastMs = 0;
  let savedMs = 0;
  const timed = events.map((event): TimedEvent => {
    const gapMs = event.timeMs - lastMs;
    lastMs = event.timeMs;
    savedMs += Math.max(0, gapMs - maxIdleMs);
    atMs += Math.min(gapMs, maxIdleMs);
    return { atMs, event };
  });
  return { events: timed, durationMs: atMs, savedMs };
}

/** How many events are due by then. */
export function dueBy({ events }: Schedule, atMs: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.atMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a player writes to its screen in one go: text, or a new size. */
export type Step = { readonly text: string } | { readonly cols: number; readonly rows: number };

/** The events from one to another as few steps, texts put together up to a length that a screen takes without freezing. */
export function* stepsBetween({ events }: Schedule, from: number, to: number, maxLength: number): Generator<Step> {
  let text = "";
  for (let at = from; at < Math.min(to, events.length); at++) {
    const event = events[at]?.event;
    if (event === undefined || event.kind === "marker") continue;
    if (event.kind === "resize" || text.length + event.text.length > maxLength) {
      if (text !== "") yield { text };
      text = "";
    }
    if (event.kind === "resize") yield { cols: event.cols, rows: event.rows };
    else if (event.text.length <= maxLength) text += event.text;
    else yield* pieces(event.text, maxLength);
  }
  if (text !== "") yield { text };
}

function* pieces(text: string, maxLength: number): Generator<Step> {
  for (let at = 0; at < text.length; at += maxLength) yield { text: text.slice(at, at + maxLength) };
}

/** What somebody who only plays from here needs to have seen before: all of it, unless it can be gone on from where it is. */
export function startOf(index: number, target: number): { readonly from: number; readonly isReset: boolean } {
  return target < index ? { from: 0, isReset: true } : { from: index, isReset: false };
}

/** 1:02:03 */
export function clockText(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1_000);
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

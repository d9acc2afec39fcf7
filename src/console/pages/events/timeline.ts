import type { FleetEvent } from "../../../protocol/mod.ts";

/** What the time line is asked for; as in its address. Empty lists are all. */
export interface EventFilter {
  readonly kinds: readonly FleetEvent["kind"][];
  readonly levels: readonly FleetEvent["level"][];
  readonly hostId?: string;
}

/** Newest first, without two of the same seq. */
export interface Timeline {
  readonly events: readonly FleetEvent[];
  /** What is asked for as `before` to have older ones; null where there are none. */
  readonly previous: number | null;
  /** Whether new ones have been let go because too many are shown. */
  readonly isCut: boolean;
}

export interface EventPage {
  readonly events: readonly FleetEvent[];
  readonly previous?: number | undefined;
}

/** More than anybody reads; a browser that stays open for weeks must not grow. */
export const MAX_SHOWN = 5_000;

export function isWanted({ kinds, levels, hostId }: EventFilter, event: FleetEvent): boolean {
  return (kinds.length === 0 || kinds.includes(event.kind)) && (levels.length === 0 || levels.includes(event.level)) &&
    (hostId === undefined || event.hostId === hostId);
}

/** The first page, with what was told live while it was asked for. */
export function begun(page: EventPage, told: readonly FleetEvent[]): Timeline {
  return { events: merged(told, page.events), previous: page.previous ?? null, isCut: false };
}

/** With older ones; where that makes too many, the newest are let go, since it is the older ones that are wanted. */
export function withOlder({ events, isCut }: Timeline, page: EventPage): Timeline {
  const all = merged(events, page.events);
  const isOver = all.length > MAX_SHOWN;
  return {
    events: isOver ? all.slice(-MAX_SHOWN) : all,
    previous: page.previous ?? null,
    isCut: isCut || isOver,
  };
}

/** With what has just happened; where that makes too many, the oldest are let go, and can be asked for again. */
export function withNew(timeline: Timeline, told: readonly FleetEvent[]): Timeline {
  if (told.length === 0 || timeline.isCut) return timeline;
  const all = merged(told, timeline.events);
  if (all.length <= MAX_SHOWN) return { ...timeline, events: all };
  const events = all.slice(0, MAX_SHOWN);
  return { ...timeline, events, previous: events.at(-1)?.seq ?? null };
}

function merged(first: readonly FleetEvent[], second: readonly FleetEvent[]): FleetEvent[] {
  const bySeq = new Map<number, FleetEvent>();
  for (const event of [...first, ...second]) bySeq.set(event.seq, event);
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
}

/** The days of a time line with their events, as calendars of the viewer have them. */
export function byDay(
  events: readonly FleetEvent[],
  dayOf: (timeMs: number) => string,
): { readonly day: string; readonly events: readonly FleetEvent[] }[] {
  const days: { day: string; events: FleetEvent[] }[] = [];
  for (const event of events) {
    const day = dayOf(event.timeMs);
    const last = days.at(-1);
    if (last?.day === day) last.events.push(event);
    else days.push({ day, events: [event] });
  }
  return days;
}

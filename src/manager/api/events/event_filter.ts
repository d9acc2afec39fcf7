import { sinceOf, wholeNumberOf } from "../../../http/mod.ts";
import { type Caller, FLEET_EVENT_KINDS, FLEET_EVENT_LEVELS, type FleetEvent } from "../../../protocol/mod.ts";
import type { HostAccess } from "../guard/host_access.ts";
import { wordsOf } from "../listing/host_query.ts";
import type { EventListQuery } from "../ports.ts";

export interface EventQueryText {
  readonly after?: string | undefined;
  readonly host?: string | undefined;
  readonly kind?: string | undefined;
  readonly level?: string | undefined;
  readonly since?: string | undefined;
}

export type EventFilter = Pick<EventListQuery, "mayShow" | "hostIds" | "kinds" | "levels" | "sinceMs">;

/** What a query wants, cut to what its caller may see now. */
export function eventFilter(hosts: HostAccess, caller: Caller, query: EventQueryText, nowMs: number): EventFilter {
  const mayShow = hosts.mayShow(caller);
  return {
    ...(mayShow !== undefined && { mayShow }),
    ...(query.host !== undefined && { hostIds: [hosts.idOf(caller, query.host)] }),
    ...(query.kind !== undefined && { kinds: wordsOf("kind", query.kind, FLEET_EVENT_KINDS) }),
    ...(query.level !== undefined && { levels: wordsOf("level", query.level, FLEET_EVENT_LEVELS) }),
    ...(query.since !== undefined && { sinceMs: sinceOf("since", query.since, nowMs) }),
  };
}

/** Whether one event is wanted, and its host is the caller's to see as it is now; what concerns no host is for all. */
export function isWanted({ hostIds, kinds, levels, mayShow }: EventFilter, event: FleetEvent): boolean {
  const { kind, level, hostId } = event;
  return (kinds === undefined || kinds.includes(kind)) && (levels === undefined || levels.includes(level)) &&
    (hostIds === undefined || (hostId !== undefined && hostIds.includes(hostId))) &&
    (mayShow === undefined || hostId === undefined || mayShow(hostId));
}

export function seqOf(name: string, text: string): number {
  return wholeNumberOf(name, text, { min: 0, max: Number.MAX_SAFE_INTEGER });
}

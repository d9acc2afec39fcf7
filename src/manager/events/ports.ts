import type { FleetEvent, NewFleetEvent } from "../../protocol/mod.ts";

/** What this part needs of others. */
export interface EventsPorts {
  readonly store: EventStorePort;
  /** The name that a host has now; null for one that is gone. */
  hostName(id: string): string | null;
}

/** The store's `events` is one. */
export interface EventStorePort {
  /** Gives them their seq; those that the host has told before are left out. */
  add(events: readonly NewFleetEvent[]): Promise<FleetEvent[]>;
  /** With a seq above `after`, oldest first; without it the latest, oldest first, of those below `before`. */
  list(query: StoredEventQuery): Promise<FleetEvent[]>;
  trim(bounds: { readonly maxCount: number; readonly beforeMs: number }): Promise<number>;
}

export interface StoredEventQuery {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  readonly hostIds?: readonly string[];
  readonly kinds?: readonly FleetEvent["kind"][];
  readonly levels?: readonly FleetEvent["level"][];
  readonly sinceMs?: number;
}

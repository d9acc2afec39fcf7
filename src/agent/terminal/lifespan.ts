import { Duration } from "../../core/mod.ts";

/** How long a terminal may live; by the monotonic clock. */
export interface LifeLimits {
  /** When nobody is attached. */
  readonly keepMs: number;
  /** When nothing is typed or printed; 0 for any time. */
  readonly idleMs: number;
  /** In all; 0 for any time. */
  readonly lifetimeMs: number;
}

/** What a terminal has been through. */
export interface LifeFacts {
  readonly openedAtMs: number;
  readonly activeAtMs: number;
  /** When the last one left; null while somebody is there. */
  readonly leftAtMs: number | null;
}

export interface LifeEnd {
  readonly atMs: number;
  readonly reason: string;
}

/** When it ends if nothing happens any more, and why; null for never. */
export function endOf({ openedAtMs, activeAtMs, leftAtMs }: LifeFacts, limits: LifeLimits): LifeEnd | null {
  const { keepMs, idleMs, lifetimeMs } = limits;
  const ends: LifeEnd[] = [];
  if (leftAtMs !== null) {
    ends.push({ atMs: leftAtMs + keepMs, reason: `nobody came back to it within ${new Duration(keepMs)}` });
  }
  if (idleMs > 0) ends.push({ atMs: activeAtMs + idleMs, reason: `idle for ${new Duration(idleMs)}` });
  if (lifetimeMs > 0) {
    ends.push({ atMs: openedAtMs + lifetimeMs, reason: `open for ${new Duration(lifetimeMs)}, as long as one may be` });
  }
  return ends.reduce<LifeEnd | null>((first, end) => first === null || end.atMs < first.atMs ? end : first, null);
}

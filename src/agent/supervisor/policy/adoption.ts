import { type ProcessIdentity, type ProcessRow } from "../../../platform/mod.ts";
import type { Handle } from "../store/store.ts";
import type { Mark } from "../unit/marks.ts";

export interface MarkedProcess {
  readonly row: ProcessRow;
  readonly mark: Mark;
}

export interface AdoptionFacts {
  readonly handles: readonly Handle[];
  readonly marked: readonly MarkedProcess[];
  isAlive(identity: ProcessIdentity): boolean;
}

/** What an earlier agent has left on this host of one process. */
export interface Remains {
  readonly id: string;
  /** The program to take over; null when only descendants of it are left. */
  readonly leader: ProcessIdentity | null;
  readonly run: string;
  readonly handle: Handle | null;
  /** Further starts of the same process, of which nothing must stay. */
  readonly surplus: readonly string[];
}

/**
 * What is there of which process, from two witnesses: the handles in the database, and the markers that the programs
 * carry. A handle counts if its very process lives. Without one, as after the loss of the database or when the agent was
 * killed between a start and its note, it is the oldest process of the run that leads a session.
 */
export function findRemains({ handles, marked, isAlive }: AdoptionFacts): Remains[] {
  const byId = new Map<string, Map<string, ProcessRow[]>>();
  for (const { row, mark } of marked) {
    if (row.isZombie) continue;
    const runs = byId.get(mark.id) ?? new Map<string, ProcessRow[]>();
    runs.set(mark.run, [...runs.get(mark.run) ?? [], row]);
    byId.set(mark.id, runs);
  }
  const living = new Map(handles.filter(({ identity }) => isAlive(identity)).map((handle) => [handle.id, handle]));
  return [...new Set([...living.keys(), ...byId.keys()])].map((id) => {
    return remainsOf(id, living.get(id) ?? null, handles.find((handle) => handle.id === id), byId.get(id) ?? new Map());
  });
}

function remainsOf(
  id: string,
  living: Handle | null,
  known: Handle | undefined,
  runs: ReadonlyMap<string, readonly ProcessRow[]>,
): Remains {
  const others = (chosen: string) => [...runs.keys()].filter((run) => run !== chosen);
  if (living !== null) {
    return { id, leader: living.identity, run: living.run, handle: living, surplus: others(living.run) };
  }
  // The leader of the known run has ended: what is left of that run are its descendants.
  const leaders = [...runs].filter(([run]) => run !== known?.run).flatMap(([run, rows]) => {
    const leader = leaderOf(rows);
    return leader === undefined ? [] : [{ run, leader }];
  });
  const newest = leaders.sort((a, b) => startOf(b.leader) - startOf(a.leader))[0];
  if (newest === undefined) return { id, leader: null, run: "", handle: null, surplus: others("") };
  return { id, leader: newest.leader.identity, run: newest.run, handle: null, surplus: others(newest.run) };
}

function leaderOf(rows: readonly ProcessRow[]): ProcessRow | undefined {
  const leaders = rows.filter(({ identity, session }) => session === 0 || session === identity.pid);
  return leaders.sort((a, b) => startOf(a) - startOf(b) || a.identity.pid - b.identity.pid)[0];
}

function startOf({ identity }: ProcessRow): number {
  return Number(identity.startTime);
}

import { equalIdentities, type ProcessIdentity, type ProcessRow } from "../halves.ts";

/** What is known of a tree when its members are looked for. */
export interface TreeMarks {
  readonly leader: ProcessIdentity | null;
  /** Of the processes that are in its job both before and after the rows were read. */
  readonly jobPids: ReadonlySet<number>;
}

const NOBODY = -1;

/**
 * The living processes of each tree: its leader, those in its job, and all descendants of either. A process names its
 * parent by pid only, and that may have been given anew; so a parent counts only when it is no younger than its child.
 * A process goes with the nearest of its ancestors that a tree names, hence nobody belongs to two. Neither we nor what
 * we have started for ourselves is a member, even if a tree is named that has started us.
 */
export function treeMembers(
  rows: readonly ProcessRow[],
  trees: readonly TreeMarks[],
  ownPid: number,
): ProcessRow[][] {
  const byPid = new Map(rows.map((row) => [row.identity.pid, row]));
  const owners = namedMembers(byPid, trees);
  owners.set(ownPid, NOBODY);
  const members: ProcessRow[][] = trees.map(() => []);
  for (const row of rows) {
    const owner = ownerOf(row, byPid, owners);
    if (owner !== NOBODY && !row.isZombie) members[owner]?.push(row);
  }
  return members;
}

/** Leaders go before jobs, as a tree may have been started from within another's job. */
function namedMembers(byPid: ReadonlyMap<number, ProcessRow>, trees: readonly TreeMarks[]): Map<number, number> {
  const owners = new Map<number, number>();
  trees.forEach(({ leader }, index) => {
    const row = leader === null ? undefined : byPid.get(leader.pid);
    if (row !== undefined && equalIdentities(row.identity, leader)) owners.set(row.identity.pid, index);
  });
  trees.forEach(({ jobPids }, index) => {
    for (const pid of jobPids) if (!owners.has(pid)) owners.set(pid, index);
  });
  return owners;
}

/** Goes up until an ancestor's owner is known, and remembers it for all on the way. */
function ownerOf(row: ProcessRow, byPid: ReadonlyMap<number, ProcessRow>, owners: Map<number, number>): number {
  const way: number[] = [];
  let at: ProcessRow | undefined = row;
  let owner: number | undefined;
  while (at !== undefined && (owner = owners.get(at.identity.pid)) === undefined) {
    // Known from now on, so that two who name each other as parents are no endless way.
    owners.set(at.identity.pid, NOBODY);
    way.push(at.identity.pid);
    at = parentOf(at, byPid);
  }
  for (const pid of way) owners.set(pid, owner ?? NOBODY);
  return owner ?? NOBODY;
}

function parentOf(row: ProcessRow, byPid: ReadonlyMap<number, ProcessRow>): ProcessRow | undefined {
  const parent = byPid.get(row.parentPid);
  return parent !== undefined && startedBy(parent.identity.startTime, row.identity.startTime) ? parent : undefined;
}

/** True when the first moment is not after the second; both are whole numbers that a double cannot hold. */
function startedBy(first: string, second: string): boolean {
  return first.length === second.length ? first <= second : first.length < second.length;
}

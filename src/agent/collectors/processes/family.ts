import type { ProcessTable } from "./process_table.ts";

const UNKNOWN = -1;
const NOBODY = -2;

/**
 * The rows of each root and all its descendants. Below a root that is itself the descendant of another, processes
 * belong to the nearer one, so that none is counted twice.
 */
export function families(table: ProcessTable, rootPids: readonly number[]): number[][] {
  const owners = new Int32Array(table.count).fill(UNKNOWN);
  rootPids.forEach((pid, index) => {
    const row = table.rowOf(pid);
    if (row >= 0) owners[row] = index;
  });
  const members: number[][] = rootPids.map(() => []);
  for (let row = 0; row < table.count; row++) {
    const owner = ownerOf(row, table, owners);
    if (owner >= 0) members[owner]?.push(row);
  }
  return members;
}

/** Walks up to the nearest ancestor of which the owner is known, and notes it for all on the way. */
function ownerOf(row: number, table: ProcessTable, owners: Int32Array): number {
  let at = row;
  while (at >= 0 && owners[at] === UNKNOWN) {
    owners[at] = NOBODY; // also where a torn scan shows a process as its own ancestor: there the walk ends
    at = table.rowOf(table.parent(at));
  }
  const owner = at < 0 ? NOBODY : owners[at] ?? NOBODY;
  if (owner === NOBODY) return owner;
  for (let i = row; i !== at; i = table.rowOf(table.parent(i))) owners[i] = owner;
  return owner;
}

import { equalIdentities, type ProcessRow, type ProcessTree } from "./halves.ts";

/** What is known of processes beyond their rows. */
export interface TreeClues {
  /** The agent's own pid: it belongs to no tree, and neither does a command of its own that it has started. */
  readonly ownPid: number;
  /** "" for none. */
  markerOf(row: ProcessRow): string;
  /** The processes in a control group and those below it. */
  cgroupPids(directory: string): Iterable<number>;
  /** The key of the tree (`treeKey`) that a process was found in before, when more of its relatives lived. */
  remembered(row: ProcessRow): string | undefined;
}

/** What a tree is remembered by; "" for one that has no lasting mark. */
export function treeKey({ marker, leader, cgroup, jobName }: ProcessTree): string {
  if (marker !== "") return `marker ${marker}`;
  if (leader !== null) return `leader ${leader.pid} ${leader.startTime}`;
  return cgroup === "" && jobName === "" ? "" : `group ${cgroup} ${jobName}`;
}

/**
 * The living processes of each tree. What ties a process to a tree, the strongest first: that it is the leader; the
 * marker, which all descendants inherit; that its parent belongs to the tree; the session of the leader; that it was
 * found in the tree before, which tells of daemons that have cut all of these ties; the control group. Nobody belongs
 * to two trees, and the agent, which may itself run in a tree of another agent, to none.
 */
export function divideIntoTrees(
  rows: readonly ProcessRow[],
  trees: readonly ProcessTree[],
  clues: TreeClues,
): ProcessRow[][] {
  const division = new Division(rows, trees, clues);
  const members = trees.map((): ProcessRow[] => []);
  for (const row of rows) {
    if (!row.isZombie) members[division.treeOf(row)]?.push(row);
  }
  return members;
}

/** True when the first was started no later. Start times are whole numbers in text, too large for a number on Windows. */
export function isNoYounger(first: ProcessRow, second: ProcessRow): boolean {
  const [a, b] = [first.identity.startTime, second.identity.startTime];
  return a.length === b.length ? a <= b : a.length < b.length;
}

const NONE = -1;
/** Everybody descends from it; nobody can have meant that. */
const FIRST_PROCESS = 1;

class Division {
  readonly #clues: TreeClues;
  readonly #trees: readonly ProcessTree[];
  readonly #rows = new Map<number, ProcessRow>();
  readonly #leaders = new Map<number, number>();
  readonly #sessions = new Map<number, number>();
  readonly #markers = new Map<string, number>();
  readonly #keys = new Map<string, number>();
  readonly #groups = new Map<number, number>();
  readonly #found = new Map<number, number>();

  constructor(rows: readonly ProcessRow[], trees: readonly ProcessTree[], clues: TreeClues) {
    this.#clues = clues;
    this.#trees = trees;
    for (const row of rows) this.#rows.set(row.identity.pid, row);
    trees.forEach((tree, index) => this.#index(tree, index));
  }

  #index(tree: ProcessTree, index: number): void {
    const { leader, marker, cgroup } = tree;
    if (leader !== null && leader.pid > FIRST_PROCESS) {
      const row = this.#rows.get(leader.pid);
      if (row !== undefined && equalIdentities(row.identity, leader)) setOnce(this.#leaders, leader.pid, index);
      // A pid is not given away while it names a session: unless somebody else has it now, that session is the leader's.
      if (row === undefined || this.#leaders.get(leader.pid) === index) setOnce(this.#sessions, leader.pid, index);
    }
    if (marker !== "") setOnce(this.#markers, marker, index);
    const key = treeKey(tree);
    if (key !== "") setOnce(this.#keys, key, index);
    if (cgroup === "") return;
    for (const pid of this.#clues.cgroupPids(cgroup)) setOnce(this.#groups, pid, index);
  }

  treeOf(row: ProcessRow): number {
    const { pid } = row.identity;
    const known = this.#found.get(pid);
    if (known !== undefined) return known;
    this.#found.set(pid, NONE); // whoever comes back to it has gone in a circle
    const tree = pid === this.#clues.ownPid ? NONE : this.#resolve(row);
    this.#found.set(pid, tree);
    return tree;
  }

  #resolve(row: ProcessRow): number {
    const { pid } = row.identity;
    const parent = this.#parentOf(row);
    return this.#leaders.get(pid) ?? this.#byMarker(row) ?? this.#ofParent(parent) ?? this.#bySession(row) ??
      this.#keys.get(this.#clues.remembered(row) ?? "") ?? this.#groups.get(pid) ?? NONE;
  }

  #ofParent(parent: ProcessRow | undefined): number | undefined {
    const tree = parent === undefined ? NONE : this.treeOf(parent);
    return tree === NONE ? undefined : tree;
  }

  /** The tree of its marker, unless a leader that is nearer has the same one and passes it on. */
  #byMarker(row: ProcessRow): number | undefined {
    if (this.#markers.size === 0) return undefined;
    const marker = this.#clues.markerOf(row);
    const tree = marker === "" ? undefined : this.#markers.get(marker);
    if (tree === undefined) return undefined;
    const leader = this.#nearestLeader(row);
    const other = leader === undefined ? undefined : this.#leaders.get(leader.identity.pid);
    if (leader === undefined || other === undefined || other === tree) return tree;
    return this.#clues.markerOf(leader) === marker ? other : tree;
  }

  #nearestLeader(row: ProcessRow): ProcessRow | undefined {
    let ancestor = this.#parentOf(row);
    for (let steps = 0; ancestor !== undefined && steps < this.#rows.size; steps++) {
      if (this.#leaders.has(ancestor.identity.pid)) return ancestor;
      ancestor = this.#parentOf(ancestor);
    }
    return undefined;
  }

  /**
   * When the leader is gone, its session may be gone with it, and its pid have been another's since, who has left a
   * session of that name and is gone as well. Who descends from us is none of these.
   */
  #bySession(row: ProcessRow): number | undefined {
    const tree = this.#sessions.get(row.session);
    if (tree === undefined) return undefined;
    const leader = this.#rows.get(row.session);
    if (leader !== undefined) return leader.session === row.session ? tree : undefined;
    const before = this.#trees[tree]?.leader;
    const isOurs = this.#descendsFromUs(row) && before?.bootId === row.identity.bootId;
    return isOurs ? tree : undefined;
  }

  #descendsFromUs(row: ProcessRow): boolean {
    let current: ProcessRow | undefined = row;
    for (let steps = 0; current !== undefined && steps <= this.#rows.size; steps++) {
      if (current.parentPid === this.#clues.ownPid) return true;
      current = this.#parentOf(current);
    }
    return false;
  }

  /**
   * Rows are not all of one moment: a parent that is younger than its child has the pid of one that is gone. Beyond the
   * agent itself nobody looks.
   */
  #parentOf(row: ProcessRow): ProcessRow | undefined {
    if (row.parentPid === this.#clues.ownPid) return undefined;
    const parent = this.#rows.get(row.parentPid);
    return parent !== undefined && isNoYounger(parent, row) ? parent : undefined;
  }
}

function setOnce<K>(map: Map<K, number>, key: K, value: number): void {
  if (!map.has(key)) map.set(key, value);
}

import type { ProcessRow, ProcessTree } from "./halves.ts";
import { childrenOf, descendants, knowsChildren } from "./own_children.linux.ts";
import { createProcessMarkers } from "./process_markers.linux.ts";
import type { ProcessTable } from "./process_table.linux.ts";
import { divideIntoTrees } from "./process_trees.ts";
import { lazy } from "./lazy.ts";
import { createTreeMemory } from "./tree_memory.ts";

/** How old a look at all processes may be, at least and at most, and how many times as old as it took. */
const FRESH_MS = { least: 10, most: 100, factor: 4 } as const;
/** So many programs of ours, the latest, are known as ours. */
const MAX_LAUNCHED = 4_096;

export interface TreeFinderDeps {
  readonly table: ProcessTable;
  readonly ownPid: number;
  readonly isLivingChild: (pid: number) => boolean;
  readonly cgroupPids: (directory: string) => Iterable<number>;
  readonly monotonicMs: () => number;
}

interface Look {
  readonly rows: ProcessRow[];
  readonly atMs: number;
  readonly validMs: number;
}

/**
 * Finds who belongs to which tree. For one tree that we have launched, it follows our own children, which costs the
 * same on every host; otherwise it looks at all processes, once for all who ask at about the same time.
 */
export class TreeFinder {
  readonly #deps: TreeFinderDeps;
  readonly #markers: ReturnType<typeof createProcessMarkers>;
  readonly #memory = createTreeMemory();
  /** Start time by pid, of what was launched while we are who inherits its orphans. */
  readonly #launched = new Map<number, string>();
  readonly #knowsChildren: () => boolean;
  #look: Look | undefined;

  constructor(deps: TreeFinderDeps) {
    this.#deps = deps;
    this.#markers = createProcessMarkers(deps.table.root);
    this.#knowsChildren = lazy(() => knowsChildren(deps.table.root));
  }

  /** A child was started; its row. */
  launched(pid: number, isSubreaper: boolean): ProcessRow | null {
    const row = this.#deps.table.one(pid);
    if (row === null) return null;
    this.#look?.rows.push(row);
    if (!isSubreaper) return row;
    this.#launched.delete(pid);
    this.#launched.set(pid, row.identity.startTime);
    for (const oldest of this.#launched.keys()) {
      if (this.#launched.size <= MAX_LAUNCHED) break;
      this.#launched.delete(oldest);
    }
    return row;
  }

  /** The next one who asks gets a new look: somebody has ended. */
  forget(): void {
    this.#look = undefined;
  }

  table(): ProcessRow[] {
    this.forget();
    return [...this.#rows()];
  }

  members(trees: readonly ProcessTree[]): ProcessRow[][] {
    if (trees.length === 0) return [];
    const [first] = trees;
    const own = trees.length === 1 && first !== undefined ? this.#ownRows(first) : null;
    return this.#divide(own ?? this.#rows(), trees);
  }

  marked(prefix: string): { readonly row: ProcessRow; readonly marker: string }[] {
    return this.table().filter((row) => !row.isZombie && row.identity.pid !== this.#deps.ownPid)
      .map((row) => ({ row, marker: this.#markers.of(row) }))
      .filter(({ marker }) => marker !== "" && marker.startsWith(prefix));
  }

  /** The process groups of which everybody is among these. */
  wholeGroups(members: readonly ProcessRow[]): number[] {
    const pids = new Set(members.map(({ identity }) => identity.pid));
    const groups = new Set(members.map(({ processGroup }) => processGroup));
    for (const row of this.#rows()) {
      const isStranger = !row.isZombie && !pids.has(row.identity.pid);
      if (isStranger || row.identity.pid === this.#deps.ownPid) groups.delete(row.processGroup);
    }
    return [...groups].filter((group) => group > 1);
  }

  #divide(rows: readonly ProcessRow[], trees: readonly ProcessTree[]): ProcessRow[][] {
    const members = divideIntoTrees(rows, trees, {
      ownPid: this.#deps.ownPid,
      markerOf: (row) => this.#markers.of(row),
      cgroupPids: this.#deps.cgroupPids,
      remembered: (row) => this.#memory.recall(row),
    });
    this.#memory.note(trees, members);
    return members;
  }

  #rows(): readonly ProcessRow[] {
    const { table, monotonicMs } = this.#deps;
    const startedMs = monotonicMs();
    if (this.#look !== undefined && startedMs - this.#look.atMs <= this.#look.validMs) return this.#look.rows;
    const rows = table.all();
    const validMs = FRESH_MS.factor * (monotonicMs() - startedMs);
    this.#look = { rows, atMs: startedMs, validMs: Math.min(FRESH_MS.most, Math.max(FRESH_MS.least, validMs)) };
    this.#markers.keep(rows);
    this.#memory.keep(rows);
    return rows;
  }

  /**
   * Whoever descends from a program that we have launched descends from it still or, when all between them have ended,
   * is our child. Null where that does not hold or cannot be told.
   */
  #ownRows({ leader, cgroup }: ProcessTree): readonly ProcessRow[] | null {
    if (leader === null || this.#launched.get(leader.pid) !== leader.startTime || !this.#knowsChildren()) return null;
    const children = childrenOf("self", this.#deps.table.root);
    if (children === null) return null;
    const roots = children.filter((pid) => pid === leader.pid || !this.#deps.isLivingChild(pid));
    return descendants(cgroup === "" ? roots : [...roots, ...this.#deps.cgroupPids(cgroup)], this.#deps.table);
  }
}

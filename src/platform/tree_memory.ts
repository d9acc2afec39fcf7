import type { ProcessRow, ProcessTree } from "./halves.ts";
import { treeKey } from "./process_trees.ts";

/** Between two looks at all processes, only so many may come and go before everything is forgotten. */
const MAX_REMEMBERED = 16_384;

/**
 * Remembers which tree each process was found in. A daemon that has changed its session and cleared its environment is
 * told from a stranger by nothing else once its parent has ended.
 */
export interface TreeMemory {
  recall(row: ProcessRow): string | undefined;
  note(trees: readonly ProcessTree[], members: readonly (readonly ProcessRow[])[]): void;
  /** Forgets all but these. */
  keep(living: readonly ProcessRow[]): void;
}

interface Remembered {
  readonly startTime: string;
  readonly key: string;
}

export function createTreeMemory(): TreeMemory {
  let known = new Map<number, Remembered>();
  const recall = ({ identity: { pid, startTime } }: ProcessRow) => {
    const entry = known.get(pid);
    return entry?.startTime === startTime ? entry : undefined;
  };
  return {
    recall: (row) => recall(row)?.key,
    note(trees, members) {
      trees.forEach((tree, index) => {
        const key = treeKey(tree);
        if (key === "") return;
        for (const row of members[index] ?? []) {
          if (known.size >= MAX_REMEMBERED) known.clear();
          if (recall(row)?.key !== key) known.set(row.identity.pid, { startTime: row.identity.startTime, key });
        }
      });
    },
    keep(living) {
      const kept = new Map<number, Remembered>();
      for (const row of living) {
        const entry = recall(row);
        if (entry !== undefined) kept.set(row.identity.pid, entry);
      }
      known = kept;
    },
  };
}

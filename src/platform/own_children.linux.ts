import { lazy } from "./lazy.ts";
import type { ProcessRow } from "./halves.ts";
import { numbersIn, type ProcessTable, readPieces } from "./process_table.linux.ts";

/** More children than these, some ten thousand, are looked for among all processes instead. */
const LIST_BYTES = 64 * 1024;
/** The children are kept by thread; a process with more threads than these costs more to ask than all others. */
const MAX_THREADS = 64;
/** Who starts processes faster than they are followed would be followed for ever. */
const MAX_DESCENDANTS = 4_096;

/**
 * The children of a process, zombies included, in some 20 µs instead of some ms for a look at all processes. Null where
 * the kernel was built without it (CONFIG_PROC_CHILDREN) or there are too many. Exact for ourselves, because nobody
 * else takes our children away meanwhile; of others one may be missing while its siblings end.
 */
export function childrenOf(pid: number | "self", root: string): number[] | null {
  const found: number[] = [];
  for (const thread of numbersIn(`${root}/${pid}/task`)) {
    const length = readPieces(`${root}/${pid}/task/${thread}/children`, buffer());
    if (length === buffer().length) return null;
    for (const word of decoder().decode(buffer().subarray(0, length)).split(" ")) {
      if (word !== "") found.push(Number(word));
    }
  }
  return found;
}

/** Whether the kernel tells. */
export function knowsChildren(root: string): boolean {
  try {
    return Deno.statSync(`${root}/self/task/${Deno.pid}/children`).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

/** These processes and all their descendants; null where that has to be found out otherwise. */
export function descendants(pids: Iterable<number>, table: ProcessTable): ProcessRow[] | null {
  const rows = new Map<number, ProcessRow>();
  const waiting = [...pids];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (rows.has(pid)) continue;
    if (rows.size >= MAX_DESCENDANTS) return null;
    const row = table.one(pid);
    if (row === null) continue;
    rows.set(pid, row);
    if (row.isZombie) continue;
    const children = row.threads > MAX_THREADS ? null : childrenOf(pid, table.root);
    if (children === null) return null;
    waiting.push(...children);
  }
  return [...rows.values()];
}

const buffer = lazy(() => new Uint8Array(LIST_BYTES));
const decoder = lazy(() => new TextDecoder());

import { basename, dirname, join } from "node:path";
import { fileExists } from "../platform/mod.ts";

/** A log of its own belongs to each database file, without which it may lack the latest changes. */
const COMPANIONS = ["", "-wal", "-shm"] as const;
const MAX_KEPT = 3;

/**
 * Renames a database that is of no use to `PATH.corrupt-<time>`, for whoever wants to see what can be saved of it, and
 * deletes the oldest of those that were moved before. Returns the new path.
 */
export function moveAside(path: string, nowMs: number): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:.]/g, "");
  let target = `${path}.corrupt-${time}`;
  for (let n = 2; fileExists(target); n++) target = `${path}.corrupt-${time}-${n}`;
  // The file itself goes last: with it gone, a log that stayed would be taken for the new file's.
  for (const companion of COMPANIONS.toReversed()) {
    if (fileExists(path + companion)) Deno.renameSync(path + companion, target + companion);
  }
  deleteOldest(path);
  return target;
}

function deleteOldest(path: string): void {
  const directory = dirname(path);
  const prefix = `${basename(path)}.corrupt-`;
  const moved = [...Deno.readDirSync(directory)].map(({ name }) => name).filter((name) => name.startsWith(prefix));
  const isCompanion = (name: string) => name.endsWith("-wal") || name.endsWith("-shm");
  const oldest = moved.filter((name) => !isCompanion(name)).sort().slice(0, -MAX_KEPT);
  for (const name of oldest) {
    for (const companion of COMPANIONS) {
      if (moved.includes(name + companion)) Deno.removeSync(join(directory, name + companion));
    }
  }
}

import type { TextfileSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig, Reading } from "../contract.ts";
import { type Merged, mergeFiles } from "./merge.ts";
import { MAX_FILES, type PromFile, promPaths, readPromFile, reasonOf } from "./prom_file.ts";

const MAX_PROBLEMS = 20;

/** Files are parsed again only when they have changed, and put together again only when one of them was parsed. */
export function createTextfile(
  { directory }: CollectorsConfig["textfile"],
  { clock }: CollectorDeps,
): Collector<TextfileSample> {
  let files = new Map<string, PromFile>();
  let merged: Merged = { families: [], conflicts: [] };
  return {
    async collect(signal): Promise<Reading<TextfileSample>> {
      const { paths, error } = listed(directory);
      const found = new Map<string, PromFile>();
      const unseen: string[] = [];
      for (const path of paths.slice(0, MAX_FILES)) {
        signal.throwIfAborted();
        try {
          const file = await readPromFile(path, files.get(path), clock.nowMs());
          if (file !== null) found.set(path, file);
        } catch (error) {
          unseen.push(`${path}: ${reasonOf(error)}`); // listed, but this directory does not let us look at it
        }
      }
      if (isChanged(files, found)) merged = mergeFiles([...found.values()]);
      files = found;
      const tooMany = paths.length > MAX_FILES ? `${directory}: only the first ${MAX_FILES} files are read` : undefined;
      const faults = [error, tooMany, ...unseen, ...merged.conflicts].filter((fault) => fault !== undefined);
      return {
        sample: {
          files: [...found.values()].map(({ path, modifiedMs, error }) =>
            error === undefined ? { name: path, modifiedMs } : { name: path, modifiedMs, error }
          ),
          families: merged.families,
          ...(faults.length > 0 && { error: limited(faults).join("; ") }),
        },
        problems: limited([...faults, ...fileProblems(found.values())]),
      };
    },
  };
}

function listed(directory: string): { paths: string[]; error?: string } {
  try {
    return { paths: promPaths(directory) };
  } catch (error) {
    return { paths: [], error: `${directory}: ${reasonOf(error)}` };
  }
}

function isChanged(before: ReadonlyMap<string, PromFile>, now: ReadonlyMap<string, PromFile>): boolean {
  if (before.size !== now.size) return true;
  for (const [path, file] of now) if (before.get(path) !== file) return true;
  return false;
}

function fileProblems(files: Iterable<PromFile>): string[] {
  const problems: string[] = [];
  for (const { path, error } of files) if (error !== undefined) problems.push(`${path}: ${error}`);
  return problems;
}

function limited(messages: readonly string[]): string[] {
  const rest = messages.length - MAX_PROBLEMS;
  return rest > 0 ? [...messages.slice(0, MAX_PROBLEMS), `and ${rest} more`] : [...messages];
}

import { basename, dirname, join } from "node:path";
import { lstatOrNull } from "../file_identity.ts";
import { fileOrNull } from "../app_source.ts";
import { filesMatching, nameMatches } from "../path_pattern.ts";
import { AppFile, type FoundFile } from "./app_file.ts";
import { rotatedKind } from "./rotated_name.ts";

const MAX_ENTRIES = 20_000;

export interface AppLog {
  /** The path that log_paths mean. */
  readonly path: string;
  /** Name of the file itself, where it is an older one. */
  readonly rotated?: string;
  readonly source: AppFile;
}

export interface AppLogs {
  readonly logs: readonly AppLog[];
  /** What is there and cannot be read. */
  readonly problems: readonly string[];
}

/**
 * The files that log_paths mean and the older ones that lie beside them, each once. A link among the older ones is not
 * followed: whoever may write to the directory could have it lead anywhere.
 */
export function findAppLogs(patterns: readonly string[], isWanted: (path: string) => boolean): AppLogs {
  const logs: AppLog[] = [];
  const problems: string[] = [];
  const known = new Set<string>();
  const add = (path: string, found: FoundFile, rotated: string | undefined) => {
    const identity = `${found.device}:${found.number}`;
    if (known.has(identity)) return;
    known.add(identity);
    const source = new AppFile(path, found, () => findAgain(path, found));
    logs.push({ path, ...(rotated !== undefined && { rotated }), source });
  };
  const paths = [...new Set(patterns.flatMap(filesOf))].filter(isWanted);
  for (const path of paths) {
    const found = foundOf(path, fileOrNull(path), path.endsWith(".gz"));
    if (found !== null) add(path, found, undefined);
  }
  for (const path of paths) {
    for (const { name, kind } of olderNames(path)) {
      if (kind === "unreadable") {
        problems.push(`${join(dirname(path), name)} cannot be searched: it is not compressed with gzip`);
        continue;
      }
      const older = join(dirname(path), name);
      const found = foundOf(older, lstatOrNull(older), kind === "gzip");
      if (found !== null) add(path, found, name);
    }
  }
  return { logs, problems };
}

/** With the path itself where it has no star in it and is just being rotated, so that there is no file of that name. */
function filesOf(pattern: string): string[] {
  return pattern.includes("*") ? filesMatching(pattern) : [pattern];
}

/** Whether a user means the log by this name: its path or its last part, in which `*` stands for any text. */
export function isNamed(name: string, path: string): boolean {
  return name === path || nameMatches(name, name.includes("/") ? path : basename(path));
}

function foundOf(path: string, info: Deno.FileInfo | null, isPacked: boolean): FoundFile | null {
  if (info === null || !info.isFile) return null;
  return { path, device: info.dev, number: info.ino, writtenMs: info.mtime?.getTime() ?? 0, isPacked };
}

function olderNames(path: string) {
  const names: { readonly name: string; readonly kind: NonNullable<ReturnType<typeof rotatedKind>> }[] = [];
  let left = MAX_ENTRIES;
  try {
    for (const { name } of Deno.readDirSync(dirname(path))) {
      if (left-- <= 0) break;
      const kind = rotatedKind(path, name);
      if (kind !== null) names.push({ name, kind });
    }
  } catch {
    // A directory that is missing or may not be read has no older files; that the log itself cannot be read is told.
  }
  return names;
}

function findAgain(path: string, { device, number, isPacked }: FoundFile): FoundFile | null {
  for (const name of [basename(path), ...olderNames(path).map(({ name }) => name)]) {
    const other = join(dirname(path), name);
    const found = foundOf(other, lstatOrNull(other), isPacked);
    if (found?.device === device && found.number === number) return found;
  }
  return null;
}

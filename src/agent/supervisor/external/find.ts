import type { ProcessIdentity, ProcessLookup, ProcessRow } from "../../../platform/mod.ts";
import type { MatchSpec } from "../spec/process_spec.ts";

/** What the search looks at. */
export interface FindSources {
  readonly table: () => readonly ProcessRow[];
  readonly lookup: ProcessLookup;
  readonly ownPid: number;
}

/** Linux cuts the names of programs to this. */
const KERNEL_NAME_LENGTH = 15;
/** A file may be written a moment before its process counts as started, because start times are told to the second. */
const PID_FILE_SLACK_MS = 2_000;

/**
 * The process that all of a match holds for; null when there is none. Of several it is the one that the others descend
 * from, such as a server with its workers, and of unrelated ones the oldest.
 */
export function findProcess(match: MatchSpec, { table, lookup, ownPid }: FindSources): ProcessIdentity | null {
  const rows = table();
  let found = rows.filter(({ identity, isZombie }) => !isZombie && identity.pid !== ownPid);
  if (match.pidFile !== "") found = byPidFile(found, match.pidFile, lookup);
  if (match.name !== "") found = found.filter((row) => hasName(row.name, match.name));
  const { commandLine, port } = match;
  if (commandLine !== null) {
    found = found.filter(({ identity }) => commandLine.test(lookup.commandLine(identity.pid) ?? ""));
  }
  if (port !== 0 && found.length > 0) {
    const listeners = lookup.listeners(port);
    found = found.filter(({ identity }) => listeners.has(identity.pid));
  }
  return oldestRoot(found, rows)?.identity ?? null;
}

/** A process that has started after the file was written is another one, which was given the same number. */
function byPidFile(rows: readonly ProcessRow[], path: string, lookup: ProcessLookup): ProcessRow[] {
  const file = readPid(path);
  if (file === null) return [];
  return rows.filter(({ identity }) => {
    if (identity.pid !== file.pid) return false;
    const startedMs = lookup.startedMs(identity);
    return startedMs === null || file.writtenMs === null || startedMs <= file.writtenMs + PID_FILE_SLACK_MS;
  });
}

function readPid(path: string): { readonly pid: number; readonly writtenMs: number | null } | null {
  try {
    const pid = Number(Deno.readTextFileSync(path).trim().split(/\s/, 1)[0]);
    const writtenMs = Deno.statSync(path).mtime?.getTime() ?? null;
    return Number.isInteger(pid) && pid > 1 ? { pid, writtenMs } : null;
  } catch {
    return null; // the program has not written it yet, or has removed it at its end
  }
}

/** Windows shows the name with its ending, and does not tell capitals. */
export function hasName(name: string, wanted: string): boolean {
  if (name === wanted || (name.length === KERNEL_NAME_LENGTH && wanted.startsWith(name))) return true;
  const [lower, wantedLower] = [name.toLowerCase(), wanted.toLowerCase()];
  return lower.endsWith(".exe") && (lower === wantedLower || lower === `${wantedLower}.exe`);
}

function oldestRoot(found: readonly ProcessRow[], all: readonly ProcessRow[]): ProcessRow | undefined {
  const parents = new Map(all.map(({ identity, parentPid }) => [identity.pid, parentPid]));
  const pids = new Set(found.map(({ identity }) => identity.pid));
  const roots = found.filter(({ identity }) => !hasAncestorIn(identity.pid, pids, parents));
  return roots.reduce<ProcessRow | undefined>(
    (best, row) => best === undefined || isOlder(row, best) ? row : best,
    undefined,
  );
}

function hasAncestorIn(pid: number, pids: ReadonlySet<number>, parents: ReadonlyMap<number, number>): boolean {
  const seen = new Set<number>([pid]);
  for (let parent = parents.get(pid); parent !== undefined && !seen.has(parent); parent = parents.get(parent)) {
    if (pids.has(parent)) return true;
    seen.add(parent);
  }
  return false;
}

function isOlder(a: ProcessRow, b: ProcessRow): boolean {
  const [left, right] = [Number(a.identity.startTime), Number(b.identity.startTime)];
  return left === right ? a.identity.pid < b.identity.pid : left < right;
}

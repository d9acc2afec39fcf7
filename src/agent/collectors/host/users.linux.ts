import type { TreeReader } from "../reading/tree_reader.ts";
import { parseLogindSession, parseUtmp, type UserSession } from "./users.ts";

const MAX_SESSIONS = 1000;

/** Who is logged in; undefined where this host keeps no list. Distributions that have no utmp any more have logind. */
export function readUsers(tree: TreeReader): UserSession[] | undefined {
  // /var/run is a link to /run, which leads out of the root of a host that is watched from a container.
  const utmp = bytesOf(tree.root("run", "utmp")) ?? bytesOf(tree.root("var", "run", "utmp"));
  if (utmp !== null) return ordered(parseUtmp(utmp));
  const directory = tree.root("run", "systemd", "sessions");
  if (!isDirectory(directory)) return undefined;
  // Beside each session is a pipe that ends in .ref, and reading that would wait for ever.
  const names = tree.list(directory).filter((name) => /^[A-Za-z0-9]+$/.test(name)).slice(0, MAX_SESSIONS);
  return ordered(names.flatMap((name) => parseLogindSession(tree.text(`${directory}/${name}`) ?? "") ?? []));
}

/** In one order each time, so that a list of the same logins is the same list. */
function ordered(sessions: UserSession[]): UserSession[] {
  return sessions.sort((a, b) => (a.sinceMs ?? 0) - (b.sinceMs ?? 0) || (key(a) < key(b) ? -1 : 1));
}

function key({ name, terminal }: UserSession): string {
  return `${name} ${terminal}`;
}

function bytesOf(path: string): Uint8Array | null {
  try {
    return Deno.readFileSync(path);
  } catch {
    return null; // no such file, or none for us: then there is no list
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false; // logind is not there
  }
}

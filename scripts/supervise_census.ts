/** Finds the processes of the benchmark of supervisors by a mark in their environment, whoever their parent is by now. */
import { waitUntil } from "./supervise_subject.ts";

export const MARK = "FARHAND_BENCH";
export const ID = "FARHAND_BENCH_ID";
export const PART = "FARHAND_BENCH_PART";

export interface Member {
  readonly pid: number;
  readonly id: string;
  /** Which process of its tree it is; "" for the program itself. */
  readonly part: string;
}

/** What /proc/PID/environ says of a process that has this mark; null for all others. */
export function parseMember(pid: number, environ: string, mark: string): Member | null {
  const variables = environ.split("\0");
  const value = (name: string) => variables.findLast((text) => text.startsWith(`${name}=`))?.slice(name.length + 1);
  return value(MARK) === mark ? { pid, id: value(ID) ?? "", part: value(PART) ?? "" } : null;
}

export async function findMembers(mark: string): Promise<Member[]> {
  const found: Member[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const member = parseMember(Number(name), await Deno.readTextFile(`/proc/${name}/environ`), mark);
      if (member !== null) found.push(member);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return found;
}

/** Kills all that have the mark, as often as it takes. */
export async function endMembers(mark: string): Promise<void> {
  const isEmpty = await waitUntil(async () => {
    const members = await findMembers(mark);
    for (const { pid } of members) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
    return members.length === 0;
  }, 20_000);
  if (!isEmpty) throw new Error(`There are still processes with ${MARK}=${mark} in their environment`);
}

/** Other users' processes cannot be ours; one that ended meanwhile gives ESRCH, which Deno has no class for. */
export function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
    (error instanceof Error && /ESRCH|os error 3\b/.test(`${error.message} ${"code" in error ? error.code : ""}`));
}

export interface Losses {
  /** Programs of which there is no process. */
  readonly lost: number;
  /** Programs of which there is more than one. */
  readonly doubled: number;
  /** Processes that the supervisor does not know. */
  readonly orphaned: number;
  /** Processes from before that did not survive. */
  readonly ended: number;
}

/** What came of the programs when their supervisor died and came again. */
export function countLosses(
  ids: readonly string[],
  before: readonly Member[],
  after: readonly Member[],
  managed: ReadonlyMap<string, number>,
): Losses {
  const known = new Set(managed.values());
  const living = new Set(after.map(({ pid }) => pid));
  const copies = ids.map((id) => after.filter((member) => member.id === id).length);
  return {
    lost: copies.filter((count) => count === 0).length,
    doubled: copies.filter((count) => count > 1).length,
    orphaned: after.filter(({ pid }) => !known.has(pid)).length,
    ended: before.filter(({ pid }) => !living.has(pid)).length,
  };
}

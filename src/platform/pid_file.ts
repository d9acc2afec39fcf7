import { fileError } from "./file_error.ts";
import { replaceFile } from "./file_rights.ts";
import { equalIdentities, type ProcessIdentity } from "./halves.ts";
import { processIdentity } from "./process_identity.ts";

/** What a pid file tells about the process that it names. */
export type PidFile =
  | { readonly state: "absent" }
  /** That very process lives. */
  | { readonly state: "running"; readonly identity: ProcessIdentity }
  /** A process with this pid lives, but the file (another program's) does not say which one it meant. */
  | { readonly state: "unverified"; readonly pid: number }
  /** The process has ended; `reused` when another one has its pid now. */
  | { readonly state: "stale"; readonly pid: number; readonly reason: "dead" | "reused" }
  /** Not a pid file at all. */
  | { readonly state: "garbage"; readonly reason: string };

/** Ours has about 80 bytes; what is much longer is something else. */
const MAX_BYTES = 1024;
const FORM = /^\s*([1-9]\d{0,9})[ \t\r]*(?:\n(?:start=(\S+) boot=(\S+))?\s*)?$/;

/** The pid alone in the first line, for `head -1`, `pkill -F` and systemd; what makes it certain in the second. */
export function writePidFile(path: string, identity: ProcessIdentity): Promise<void> {
  return replaceFile(path, pidFileText(identity), "everyone");
}

export async function readPidFile(path: string): Promise<PidFile> {
  const text = await readShortFile(path);
  if (text === null) return { state: "absent" };
  if (text === undefined) return { state: "garbage", reason: "it is not a short text file" };
  const [, pidText, startTime, bootId] = FORM.exec(text) ?? [];
  if (pidText === undefined) return { state: "garbage", reason: "it does not begin with a line that is a pid" };
  const pid = Number(pidText);
  const current = processIdentity(pid);
  if (current === null) return { state: "stale", pid, reason: "dead" };
  if (startTime === undefined || bootId === undefined) return { state: "unverified", pid };
  return equalIdentities(current, { pid, startTime, bootId })
    ? { state: "running", identity: current }
    : { state: "stale", pid, reason: "reused" };
}

/** Removes the file if it still names this process; one that somebody else wrote meanwhile stays. */
export async function removePidFile(path: string, identity: ProcessIdentity): Promise<void> {
  if (await readShortFile(path) !== pidFileText(identity)) return;
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw fileError("remove", path, error);
  }
}

function pidFileText({ pid, startTime, bootId }: ProcessIdentity): string {
  return `${pid}\nstart=${startTime} boot=${bootId}\n`;
}

/** The text; null when there is no file; undefined when it is no file or too long. */
async function readShortFile(path: string): Promise<string | null | undefined> {
  try {
    const { isFile, size } = await Deno.stat(path);
    return isFile && size <= MAX_BYTES ? await Deno.readTextFile(path) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw fileError("read", path, error);
  }
}

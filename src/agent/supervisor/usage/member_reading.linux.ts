import type { MemberFiles, MemberReader } from "./member_contract.ts";

/** Start times in /proc/PID/stat are in units of USER_HZ, which is this on every Linux that there is a runtime for. */
const TICKS_PER_SECOND = 100;
/** The kernel walks through all memory of each; more than so many would be felt. */
const MAX_EXACT_MEMBERS = 200;

/** Reads /proc/PID; a pid that was given anew since the table was read is measured for the one before, once. */
export function linuxMemberReader(proc = "/proc"): MemberReader {
  const sizeTells = isKernelTree(proc);
  return {
    begin() {
      const uptime = /^\d+(\.\d+)?/.exec(textOf(`${proc}/uptime`) ?? "")?.[0];
      return uptime === undefined ? undefined : Number(uptime) * TICKS_PER_SECOND;
    },
    read(pid, wantsOpenFiles) {
      const io = readIo(`${proc}/${pid}/io`);
      if (io === null) return null;
      return wantsOpenFiles ? { ...io, openFiles: countOpenFiles(`${proc}/${pid}/fd`, sizeTells) } : io;
    },
    end() {},
    exactMemoryBytes(pids) {
      if (pids.length > MAX_EXACT_MEMBERS) return undefined;
      let total = 0;
      for (const pid of pids) {
        const bytes = parsePss(textOf(`${proc}/${pid}/smaps_rollup`));
        if (bytes === undefined && exists(`${proc}/${pid}`)) return undefined;
        total += bytes ?? 0;
      }
      return total;
    },
  };
}

/** What came from storage and went there: https://man7.org/linux/man-pages/man5/proc_pid_io.5.html */
export function parseIo(text: string): MemberFiles {
  return { readBytes: numberAfter(text, "\nread_bytes: "), writtenBytes: numberAfter(text, "\nwrite_bytes: ") };
}

/** A page that several share is a part for each: https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html */
export function parsePss(text: string | null): number | undefined {
  const kibibytes = numberAfter(text ?? "", "\nPss:");
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}

function numberAfter(text: string, key: string): number | undefined {
  const at = text.indexOf(key);
  if (at < 0) return undefined;
  const digits = /^ *(\d{1,20})(?!\d)/.exec(text.slice(at + key.length, at + key.length + 40))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Nothing told where it may not be read; null where there is no such process. */
function readIo(path: string): MemberFiles | null {
  try {
    return parseIo(`\n${Deno.readTextFileSync(path)}`);
  } catch (error) {
    // Without I/O accounting the kernel has no such file of a living process either.
    if (error instanceof Deno.errors.NotFound) return exists(path.slice(0, -"/io".length)) ? {} : null;
    return error instanceof Deno.errors.PermissionDenied ? {} : null; // else ESRCH: it has just ended
  }
}

/** Since Linux 6.2 the size of the directory says it, without a walk through it. */
function countOpenFiles(path: string, sizeTells: boolean): number | undefined {
  try {
    const size = sizeTells ? Deno.statSync(path).size : 0;
    if (size > 0) return size;
    let count = 0;
    for (const _ of Deno.readDirSync(path)) count++;
    return count;
  } catch {
    return undefined; // it has ended, or is another user's
  }
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null; // whatever the kernel says: it tells nothing
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false; // gone
  }
}

/** In a copy of /proc a size is that of an ordinary directory; the kernel's own tree has the first number. */
function isKernelTree(proc: string): boolean {
  try {
    return Deno.statSync(proc).ino === 1;
  } catch {
    return false; // nothing can be read there at all
  }
}

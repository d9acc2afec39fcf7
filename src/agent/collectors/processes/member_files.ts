import { countAfter } from "../reading/keyed_lines.ts";

/** One file of a process: its text, or why there is none; neither when the process, or the kernel's file, is not there. */
export interface MemberText {
  readonly text?: string;
  readonly denied?: string;
}

export function readMember(path: string): MemberText {
  try {
    return { text: Deno.readTextFileSync(path) };
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return { denied: `${path}: Permission denied` };
    return {}; // it has ended, or is a zombie, or this kernel does not know the file
  }
}

/**
 * How many files a process holds open. Since Linux 6.2 the size of the directory says so, without a walk through it;
 * in a copy of /proc, as of another host, a size is that of an ordinary directory and means nothing.
 */
export function countOpenFiles(
  path: string,
  sizeTells: boolean,
): { readonly count?: number; readonly denied?: string } {
  try {
    const size = sizeTells ? Deno.statSync(path).size : 0;
    if (size > 0) return { count: size };
    let count = 0;
    for (const _ of Deno.readDirSync(path)) count++;
    return { count };
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return { denied: `${path}: Permission denied` };
    return {}; // as above
  }
}

/** True for the kernel's own tree, of which the first directory has the first number. */
export function isProcfs(path: string): boolean {
  try {
    return Deno.statSync(path).ino === 1;
  } catch {
    return false; // not there at all, which the scan says
  }
}

/** `/proc/PID/io`: what reached or came from storage. https://man7.org/linux/man-pages/man5/proc_pid_io.5.html */
export function parseIo(text: string): { readBytes: number | undefined; writtenBytes: number | undefined } {
  return { readBytes: countAfter(text, "read_bytes:"), writtenBytes: countAfter(text, "write_bytes:") };
}

/** `/proc/PID/smaps_rollup`: each page counted as a part, by how many processes share it. */
export function parsePss(text: string): number | undefined {
  const kibibytes = countAfter(text, "Pss:");
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}

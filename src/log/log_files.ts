/** What the file sink asks of the file system; synchronous, since a record is on its way when the logger returns. */
import { dirname } from "node:path";

export const LINE_FEED = 0x0a;
const DIRECTORY_MODE = 0o750;
const FILE_MODE = 0o640;

/** Opens a log file, made with its directory where missing. Append mode is what lets two processes share it. */
export function openForAppend(path: string): Deno.FsFile {
  const open = () => Deno.openSync(path, { append: true, create: true, read: true, mode: FILE_MODE });
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
    return open();
  }
}

/** False for a file whose last line was cut short by a crash or a full disk. */
export function endsWithLineFeed(file: Deno.FsFile): boolean {
  const last = new Uint8Array(1);
  file.seekSync(-1, Deno.SeekMode.End);
  return file.readSync(last) === 1 && last[0] === LINE_FEED;
}

export function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Whether what is open is what the name stands for. Without inode numbers (Windows) the size has to tell them apart. */
export function isSameFile(open: Deno.FileInfo, named: Deno.FileInfo | null): boolean {
  if (named === null) return false;
  return open.ino === null ? open.size === named.size : open.ino === named.ino && open.dev === named.dev;
}

/** Moves `path` to `path.1`, that to `path.2` and so on up to `keep`. Gives the error of a move that was refused. */
export function rotate(path: string, keep: number): unknown {
  try {
    if (keep === 0) Deno.removeSync(path);
    for (let number = keep; number > 0; number--) {
      moveIfThere(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

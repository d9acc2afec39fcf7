import { AppError } from "../core/mod.ts";
import { fileError } from "./file_error.ts";
import { posixRights } from "./file_rights.posix.ts";
import { windowsRights } from "./file_rights.windows.ts";
import type { FileRights, Readers } from "./halves.ts";
import { select } from "./select.ts";

/** Makes a directory (0700), with its parents, that only we can enter, or makes an empty one of ours so. */
export function ensurePrivateDir(path: string): void {
  attempt("make the private directory", path, () => {
    const half = rights();
    half.makePrivateDir(path);
    // What was there before us may be anybody's.
    const owner = half.foreignOwner(path);
    if (owner !== null) throw new AppError("forbidden", `Cannot use ${path}: it belongs to another user (${owner})`);
    if (half.isPrivate(path)) return;
    if (!isEmpty(path)) throw usedByOthers(path, half.shutOutCommand(path));
    half.shutOthersOut(path);
  });
}

/** Others may have a use for what is in there, as in /etc or /tmp; to shut them out is not ours to decide. */
function usedByOthers(path: string, command: string): AppError {
  const remedy = `name an empty or new directory, or make this one private with ${command}`;
  return new AppError("forbidden", `Cannot use ${path}: other users can enter it, and it is not empty; ${remedy}`);
}

function isEmpty(path: string): boolean {
  return Deno.readDirSync(path).next().done === true;
}

/** True when nobody but its owner (ourselves or the system) can read or change the file or directory. */
export function isPrivate(path: string): boolean {
  return attempt("read the rights of", path, () => rights().isPrivate(path));
}

/** Writes a file that nobody else could read at any moment; replaces an old one atomically, whatever its rights. */
export function writePrivateFile(path: string, text: string): Promise<void> {
  return replaceFile(path, text, "owner");
}

/**
 * Puts a whole new file in the place of `path`: readers see the old text or the new one, never a part of it, and that
 * holds after a power cut too.
 */
export async function replaceFile(path: string, text: string, readers: Readers): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    rights().create(temporary, readers);
    await writeDurably(temporary, text);
    await rights().replace(temporary, path);
  } catch (error) {
    // It is missing when `create` itself failed; in any case the first failure is the one to report.
    await Deno.remove(temporary).catch(() => {});
    throw fileError("write", path, error);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await Deno.open(path, { write: true });
  try {
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    await file.sync();
  } finally {
    file.close();
  }
}

function attempt<T>(action: string, path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw fileError(action, path, error);
  }
}

function rights(): FileRights {
  return select({ linux: posixRights, darwin: posixRights, windows: windowsRights });
}

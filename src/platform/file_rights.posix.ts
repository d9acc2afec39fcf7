import { AppError } from "../core/mod.ts";
import type { FileRights } from "./halves.ts";

const MODES = { owner: 0o600, everyone: 0o644 } as const;
const PRIVATE_DIRECTORY = 0o700;
const GROUP_AND_OTHERS = 0o077;
const ROOT = 0;

export const posixRights: FileRights = {
  create(path, readers) {
    const mode = MODES[readers];
    Deno.openSync(path, { write: true, createNew: true, mode }).close();
    // The umask may have taken away more than was wanted.
    Deno.chmodSync(path, mode);
  },
  ensurePrivateDir(path) {
    Deno.mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY });
    const { mode, uid } = Deno.statSync(path);
    if (uid !== Deno.uid()) throw new AppError("forbidden", `Cannot use ${path}: it belongs to another user (${uid})`);
    if (mode === null || (mode & GROUP_AND_OTHERS) === 0) return;
    // Others may have a use for what is in there, as in /etc or /tmp; to shut them out is not ours to decide.
    if (!isEmpty(path)) {
      const remedy = `name an empty or new directory, or make this one private with "chmod 700 ${path}"`;
      throw new AppError("forbidden", `Cannot use ${path}: other users can enter it, and it is not empty; ${remedy}`);
    }
    Deno.chmodSync(path, PRIVATE_DIRECTORY);
  },
  isPrivate(path) {
    const { mode, uid } = Deno.statSync(path);
    return mode !== null && (mode & GROUP_AND_OTHERS) === 0 && (uid === Deno.uid() || uid === ROOT);
  },
  replace: (from, to) => Deno.rename(from, to),
};

function isEmpty(path: string): boolean {
  return Deno.readDirSync(path).next().done === true;
}

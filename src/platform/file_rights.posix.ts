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
  makePrivateDir: (path) => Deno.mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY }),
  foreignOwner(path) {
    const { uid } = Deno.statSync(path);
    return uid === Deno.uid() ? null : String(uid);
  },
  isPrivate(path) {
    const { mode, uid } = Deno.statSync(path);
    return mode !== null && (mode & GROUP_AND_OTHERS) === 0 && (uid === Deno.uid() || uid === ROOT);
  },
  shutOthersOut: (path) => Deno.chmodSync(path, PRIVATE_DIRECTORY),
  shutOutCommand: (path) => `"chmod 700 ${path}"`,
  replace: (from, to) => Deno.rename(from, to),
};

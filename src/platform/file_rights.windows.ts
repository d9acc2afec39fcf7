import { dirname } from "node:path/win32";
import { systemClock } from "../core/mod.ts";
import type { FileRights } from "./halves.ts";
import { isPrivateSddl } from "./windows/sddl.ts";
import { createFileWithRights, ensureDirectoryWithRights, readRights } from "./windows/ffi/advapi32.ts";

// Full access for the owner (OW), the system (SY) and administrators (BA); P keeps the parent's rights out; OICI hands
// them on to what is made inside a directory.
const PRIVATE_FILE = "D:P(A;;FA;;;OW)(A;;FA;;;SY)(A;;FA;;;BA)";
const PRIVATE_DIRECTORY = "D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

/** Long enough for whoever reads a small file, or looks into it for viruses. */
const REPLACE_TRIES = 100;
const REPLACE_PAUSE_MS = 10;

export const windowsRights: FileRights = {
  create(path, readers) {
    if (readers === "owner") return createFileWithRights(path, PRIVATE_FILE);
    Deno.openSync(path, { write: true, createNew: true }).close();
  },
  ensurePrivateDir(path) {
    Deno.mkdirSync(dirname(path), { recursive: true });
    ensureDirectoryWithRights(path, PRIVATE_DIRECTORY);
  },
  isPrivate: (path) => isPrivateSddl(readRights(path)),
  replace: replaceWhenUnread,
};

/** Windows may refuse to replace a file that somebody has open, with the same error as one that we may not replace. */
async function replaceWhenUnread(from: string, to: string): Promise<void> {
  for (let tries = REPLACE_TRIES;; tries--) {
    try {
      return await Deno.rename(from, to);
    } catch (error) {
      if (tries === 1 || !(error instanceof Deno.errors.PermissionDenied)) throw error;
      await systemClock.sleep(REPLACE_PAUSE_MS);
    }
  }
}

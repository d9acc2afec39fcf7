import { dirname } from "node:path/win32";
import { AppError, systemClock } from "../core/mod.ts";
import type { FileRights } from "./halves.ts";
import { foreignOwner, isPrivateSddl } from "./windows/sddl.ts";
import {
  createDirectoryWithRights,
  createFileWithRights,
  currentUser,
  readRights,
  replaceRights,
} from "./windows/ffi/advapi32.ts";

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
  makePrivateDir(path) {
    Deno.mkdirSync(dirname(path), { recursive: true });
    createDirectoryWithRights(path, PRIVATE_DIRECTORY);
  },
  foreignOwner(path) {
    // Every user can plant a link in ProgramData.
    if (!Deno.lstatSync(path).isDirectory) {
      throw new AppError("forbidden", `Cannot use ${path}: it is a link or a file; name the directory itself`);
    }
    return foreignOwner(readRights(path), currentUser());
  },
  isPrivate: (path) => isPrivateSddl(readRights(path), currentUser()),
  shutOthersOut: (path) => replaceRights(path, PRIVATE_DIRECTORY),
  shutOutCommand,
  replace: replaceWhenUnread,
};

/** Owner rights, the system and administrators have these SIDs in any language. */
function shutOutCommand(path: string): string {
  const grants = ["S-1-3-4", "S-1-5-18", "S-1-5-32-544"].map((sid) => `"*${sid}:(OI)(CI)F"`);
  return `icacls "${path}" /inheritance:r /grant:r ${grants.join(" ")}`;
}

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

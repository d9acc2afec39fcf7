import { dirname } from "node:path/win32";
import type { FileRights } from "./halves.ts";
import { isPrivateSddl } from "./windows/sddl.ts";
import { createFileWithRights, ensureDirectoryWithRights, readRights } from "./windows/ffi/advapi32.ts";

// Full access for the owner (OW), the system (SY) and administrators (BA); P keeps the parent's rights out; OICI hands
// them on to what is made inside a directory.
const PRIVATE_FILE = "D:P(A;;FA;;;OW)(A;;FA;;;SY)(A;;FA;;;BA)";
const PRIVATE_DIRECTORY = "D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

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
};

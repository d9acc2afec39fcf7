import type { AppError } from "../core/mod.ts";
import type { Ptys } from "./halves.ts";
import { createDarwinPtys, darwinPtyTrouble } from "./pty.darwin.ts";
import { createLinuxPtys, linuxPtyTrouble } from "./pty.linux.ts";
import { createWindowsPtys, windowsPtyTrouble } from "./pty.windows.ts";
import { select } from "./select.ts";

/** What opens terminals; there is one in an agent. It opens nothing before it is needed. */
export function createPtys(): Ptys {
  return select<() => Ptys>({
    linux: () => createLinuxPtys(),
    darwin: () => createDarwinPtys(),
    windows: () => createWindowsPtys(),
  })();
}

/** Why no terminal can be opened on this host at all; null where one can. */
export function ptyTrouble(): AppError | null {
  return select<() => AppError | null>({
    linux: () => linuxPtyTrouble(),
    darwin: () => darwinPtyTrouble(),
    windows: () => windowsPtyTrouble(),
  })();
}

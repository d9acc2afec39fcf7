import type { InstanceLock } from "./halves.ts";
import { openExclusively } from "./windows/ffi/kernel32.ts";

/** An open file that is shared with nobody. */
export function acquireExclusiveOpen(path: string): InstanceLock | null {
  let file = openExclusively(path);
  if (file === null) return null;
  return {
    release() {
      file?.close();
      file = null;
    },
  };
}

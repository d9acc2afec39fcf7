import { libsystem } from "./darwin/libsystem.ts";
import type { InstanceLock } from "./halves.ts";
import { acquireFileLock } from "./instance_lock.posix.ts";
import { acquireExclusiveOpen } from "./instance_lock.windows.ts";
import { libc } from "./linux/libc.ts";
import { select } from "./select.ts";

/**
 * Takes the lock at `path`, or returns null when another process (or this one, before) holds it. The lock ends with
 * the process, also after kill -9. The empty file stays for good: if releasing removed it, two processes could each
 * hold a lock of the same name, one of them on the removed file.
 */
export function acquireLock(path: string): InstanceLock | null {
  const acquire = select({
    linux: () => acquireFileLock(path, libc),
    darwin: () => acquireFileLock(path, libsystem),
    windows: () => acquireExclusiveOpen(path),
  });
  return acquire();
}

import { AppError } from "../core/mod.ts";
import { fileError } from "./file_error.ts";
import type { InstanceLock } from "./halves.ts";
import type { PosixCalls } from "./posix/calls.ts";

/** A flock on an open file that children do not inherit. */
export function acquireFileLock(path: string, calls: PosixCalls): InstanceLock | null {
  const fd = openLockFile(path, calls);
  const result = calls.tryLock(fd);
  if (result < 0) {
    calls.close(fd);
    if (result === -calls.EWOULDBLOCK) return null;
    throw new AppError("internal", `Cannot lock ${path}: flock failed with error ${-result}; is it on a network disk?`);
  }
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      // Unlocked first: a child between fork and exec has a copy of the descriptor, which would keep the lock a while.
      calls.unlock(fd);
      calls.close(fd);
    },
  };
}

function openLockFile(path: string, calls: PosixCalls): number {
  try {
    Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
  } catch (error) {
    throw fileError("open the lock", path, error);
  }
  const fd = calls.open(path);
  if (fd < 0) throw new AppError("internal", `Cannot open the lock ${path}: open failed with error ${-fd}`);
  return fd;
}

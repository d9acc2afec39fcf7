import { dirname, join } from "node:path";
import { AppError } from "../core/mod.ts";
import type { Logger } from "../log/mod.ts";
import {
  acquireLock,
  ensurePrivateDir,
  fileError,
  type InstanceLock,
  type PidFile,
  type ProcessIdentity,
  processIdentity,
  readPidFile,
  removePidFile,
  writePidFile,
} from "../platform/mod.ts";
import type { ProgramWords } from "./words.ts";

export interface InstanceOptions {
  readonly words: ProgramWords;
  /** The directory that only one may work in. */
  readonly dir: string;
  readonly pidFile: string;
  readonly log: Logger;
}

/**
 * The component that makes this process the only one of its program on its directory, and says so in the pid file. The
 * lock decides; it ends with the process, however that ends. The pid file only tells others, and a stale one is replaced.
 */
export function createInstance({ words, dir, pidFile, log }: InstanceOptions) {
  let lock: InstanceLock | undefined;
  let identity: ProcessIdentity | null = null;
  let stopping: Promise<void> | undefined;

  async function stopOnce(): Promise<void> {
    const held = lock;
    lock = undefined;
    if (held === undefined) return;
    try {
      if (identity !== null) await removePidFile(pidFile, identity);
    } finally {
      identity = null;
      held.release();
    }
  }

  return {
    name: "instance",
    async start(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      ensurePrivateDir(dir);
      const held = acquireLock(join(dir, `${words.name}.lock`));
      if (held === null) {
        throw new AppError(
          "already_running",
          `Another ${words.name} runs on ${dir}; stop it, or give this one its own ${words.dirFlag}`,
        );
      }
      lock = held;
      const found = await readPidFile(pidFile);
      refuseForeign(found, pidFile, words);
      if (found.state === "stale") {
        log.warn("replaced a stale pid file", { pidFile, pid: found.pid, reason: found.reason });
      }
      identity = processIdentity(Deno.pid);
      if (identity === null) throw new AppError("internal", "The system does not tell when this process started");
      await Deno.mkdir(dirname(pidFile), { recursive: true }).catch((error) => {
        throw fileError("make the directory of", pidFile, error);
      });
      await writePidFile(pidFile, identity);
    },
    stop(): Promise<void> {
      return stopping ??= stopOnce().finally(() => stopping = undefined);
    },
  };
}

/** Holding the lock, we know that any pid file of ours is left over; what else is there must not be overwritten. */
function refuseForeign(found: PidFile, pidFile: string, { name, pidFileKey }: ProgramWords): void {
  const remedy = `give this ${name} its own ${pidFileKey}`;
  switch (found.state) {
    case "absent":
    case "stale":
      return;
    case "running":
      throw new AppError(
        "conflict",
        `${pidFile} belongs to a running process, pid ${found.identity.pid}; ${remedy}`,
      );
    case "unverified":
      throw new AppError(
        "conflict",
        `${pidFile} names pid ${found.pid}, which runs and is no ${name}; ${remedy}, or remove the file`,
      );
    case "garbage":
      throw new AppError(
        "conflict",
        `${pidFile} is not a pid file (${found.reason}); ${remedy}, or move that file away`,
      );
  }
}

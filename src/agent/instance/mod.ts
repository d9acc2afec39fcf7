/**
 * agent/instance (L3): makes this process the only agent on its work directory, and says so in the pid file.
 *
 * Lifecycle: one component, `instance`, on which every other depends. The lock decides; it ends with the process,
 * however that ends. The pid file only tells others, and a stale one is replaced.
 *
 * To add one more mark of the running instance: to this component, never to a second one, so that all come and go together.
 *
 * May import: core, log, platform.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { AppError } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
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
} from "../../platform/mod.ts";

export interface InstanceOptions {
  readonly workDir: string;
  readonly pidFile: string;
  readonly log: Logger;
}

export function createInstance({ workDir, pidFile, log }: InstanceOptions) {
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
      ensurePrivateDir(workDir);
      const held = acquireLock(join(workDir, "agent.lock"));
      if (held === null) {
        throw new AppError(
          "already_running",
          `Another agent runs on ${workDir}; stop it, or give this one its own --work-dir`,
        );
      }
      lock = held;
      const found = await readPidFile(pidFile);
      refuseForeign(found, pidFile);
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
function refuseForeign(found: PidFile, pidFile: string): void {
  const remedy = "give this agent its own agent.pid_file";
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
        `${pidFile} names pid ${found.pid}, which runs and is no agent; ${remedy}, or remove the file`,
      );
    case "garbage":
      throw new AppError(
        "conflict",
        `${pidFile} is not a pid file (${found.reason}); ${remedy}, or move that file away`,
      );
  }
}

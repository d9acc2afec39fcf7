import { fileError } from "./file_error.ts";
import type { DetachedProcess, SpawnOptions } from "./halves.ts";
import { select } from "./select.ts";
import { spawnInSession } from "./spawn_detached.posix.ts";
import { spawnWithoutConsole } from "./spawn_detached.windows.ts";

/** Starts a program in the background: own session, no terminal, nothing on stdin. It lives on when we end, however. */
export function spawnDetached(options: SpawnOptions): DetachedProcess {
  const spawn = select({ linux: spawnInSession, darwin: spawnInSession, windows: spawnWithoutConsole });
  try {
    return spawn(options);
  } catch (error) {
    throw fileError("start", options.argv[0], error);
  }
}

import { AppError } from "../core/mod.ts";
import { findTool, launchLine } from "./launch_line.posix.ts";
import { accountCalls } from "./linux/accounts.ts";
import { spawnCalls } from "./linux/spawn.ts";
import { RunAsResolver } from "./run_as.linux.ts";
import { select } from "./select.ts";

/**
 * What is put before a command so that it runs as a user, with that user's groups; empty where it would anyway. Throws an
 * AppError that says why it cannot be done.
 */
export function runAsLine(user: string): string[] {
  if (user === "") return [];
  return select<(user: string) => string[]>({ linux: onLinux, darwin: notHere, windows: notHere })(user);
}

function onLinux(user: string): string[] {
  const resolver = new RunAsResolver({
    accounts: accountCalls,
    ownUid: Deno.uid() ?? 0,
    ownGid: Deno.gid() ?? 0,
    monotonicMs: () => performance.now(),
  });
  const ids = resolver.resolve(user, "");
  const circumstances = { cgroup: "", umask: null, ulimits: {}, nice: 0, ids };
  return launchLine(circumstances, (tool) => findTool(tool, (path) => spawnCalls.access(path, "execute") === 0));
}

function notHere(user: string): never {
  throw new AppError(
    "unsupported",
    `Cannot run a command as user ${user}: only on Linux a command can be another user's`,
  );
}

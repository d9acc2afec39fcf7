import { groupOfProcesses } from "./command_group.posix.ts";
import { singleProcess } from "./command_group.windows.ts";
import type { CommandGroup, CommandOptions } from "./halves.ts";
import { type Account, currentAccount } from "./paths.ts";
import { select } from "./select.ts";

const POSIX_VARIABLES = ["PATH", "HOME", "LANG"];
/** Without SystemRoot most programs of Windows do not start. */
const WINDOWS_VARIABLES = ["PATH", "PATHEXT", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "TEMP", "TMP", "USERPROFILE"];
const POSIX_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Starts a command for its output: what it is given on stdin, if anything, stdout and stderr as streams, which must be read or cancelled.
 * Where there are process groups it gets its own, so that it can be ended with all that it started. It does not
 * outlive a signal to the group, but nothing ends what leaves the group by itself.
 */
export function spawnCommand(options: CommandOptions): CommandGroup {
  return select({ linux: groupOfProcesses, darwin: groupOfProcesses, windows: singleProcess })(options);
}

/** The variables that a command needs to find programs and files, and none of the others that the agent was given. */
export function commandEnvironment(account: Account = currentAccount()): Record<string, string> {
  const isWindows = account.os === "windows";
  const wanted = isWindows ? WINDOWS_VARIABLES : POSIX_VARIABLES;
  const chosen: Record<string, string> = isWindows ? {} : { PATH: POSIX_PATH };
  for (const [name, value] of Object.entries(account.env)) {
    if (value !== undefined && wanted.includes(isWindows ? name.toUpperCase() : name)) chosen[name] = value;
  }
  return chosen;
}

import type { Launcher } from "./halves.ts";
import { createDarwinLauncher } from "./launcher.darwin.ts";
import { createLinuxLauncher } from "./launcher.linux.ts";
import { createWindowsLauncher } from "./launcher.windows.ts";
import { select } from "./select.ts";

/** What starts and ends supervised programs; there is one in an agent. It opens nothing before it is needed. */
export function createLauncher(): Launcher {
  // By functions: a half of another system is not even looked at.
  return select<() => Launcher>({
    linux: () => createLinuxLauncher(),
    darwin: () => createDarwinLauncher(),
    windows: () => createWindowsLauncher(),
  })();
}

import { linuxMissingTools } from "./launch_tools.linux.ts";
import { select } from "./select.ts";

/**
 * For each tool of the system that starting a program under another user, with limits or a priority may need and that
 * is not there: what cannot be done without it, and what to install. Null where no such tools are used.
 */
export function missingLaunchTools(): string[] | null {
  return select<() => string[] | null>({ linux: () => linuxMissingTools(), darwin: () => null, windows: () => null })();
}

import type { Beneath } from "./beneath_contract.ts";
import { beneathByPath } from "./beneath_by_path.ts";
import { driveKind, holdPath } from "./windows/ffi/kernel32_paths.ts";
import { volumes } from "./windows/ffi/kernel32_volumes.ts";

/** What a name cannot hold, and `:`, which names another stream of a file. */
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const NOT_IN_NAMES = /[\u0000-\u001f"*/:<>?\\|]/;
const DRIVE = /^[A-Za-z]:$/;

/**
 * On Windows what a path leads to is opened, which keeps it and all folders on the way from being renamed or replaced, and
 * then Windows is asked where that is: junctions and links are resolved by then.
 */
export function windowsBeneath(): Beneath {
  return beneathByPath({
    ignoresCase: true,
    hasModes: false,
    isOdd: (name) => name === "" || NOT_IN_NAMES.test(name) || /[. ]$/.test(name),
    pin: holdPath,
    partsOf,
    pathOf: ([drive = "", ...parts]) => `${drive}\\${parts.join("\\")}`,
    everything,
  });
}

/** `C:\logs` is the drive and a name in it; paths of the network and of devices are none of ours. */
function partsOf(path: string): readonly string[] | null {
  const [drive = "", ...rest] = path.split(/[/\\]/);
  const parts = rest.filter((part) => part !== "");
  const isPlain = DRIVE.test(drive) && path.isWellFormed() &&
    parts.every((part) => !NOT_IN_NAMES.test(part) && !/[. ]$/.test(part));
  return isPlain && /^[A-Za-z]:[/\\]/.test(path) ? [drive.toUpperCase(), ...parts] : null;
}

async function everything(): Promise<readonly string[]> {
  const roots = volumes().map(({ root }) => root).filter((root) => DRIVE.test(root.slice(0, -1)));
  const kinds = await Promise.all(roots.map(driveKind));
  return roots.filter((_, index) => kinds[index] === "fixed");
}

import type { Beneath } from "./beneath_contract.ts";
import { beneathByPath } from "./beneath_by_path.ts";
import { posixPaths } from "./posix_paths.ts";

/**
 * On macOS a path is resolved and then used. Between the two, somebody who may write in a folder on the way could put a link
 * in its place: there, unlike on Linux and Windows, a root holds against links that are there and not against that race.
 */
export function darwinBeneath(): Beneath {
  return beneathByPath({
    ...posixPaths,
    ignoresCase: true, // as the usual file systems there do; where they do not, less is reached rather than more
    hasModes: true,
    isOdd: (name) => name === "" || name === "." || name === ".." || /[/\0]/.test(name),
    pin: async (path) => ({ path: await Deno.realPath(path), [Symbol.dispose]: () => {} }),
  });
}

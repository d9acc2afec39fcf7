import type { Beneath } from "./beneath_contract.ts";
import { darwinBeneath } from "./beneath.darwin.ts";
import { linuxBeneath } from "./beneath.linux.ts";
import { windowsBeneath } from "./beneath.windows.ts";
import { select } from "./select.ts";

/** How files below a folder are reached on this system so that nothing leads out of it. */
export function beneath(): Beneath {
  return select<() => Beneath>({ linux: linuxBeneath, darwin: darwinBeneath, windows: windowsBeneath })();
}

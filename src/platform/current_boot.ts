import { windowsBoot } from "./current_boot.windows.ts";
import { processIdentity } from "./process_identity.ts";
import { select } from "./select.ts";

/**
 * What tells this boot of the host from others. The same as the `bootId` of identities, but on Windows, where those need
 * none and all have the same.
 */
export function currentBoot(): string {
  const ofIdentities = () => processIdentity(Deno.pid)?.bootId ?? "";
  return select<() => string>({ linux: ofIdentities, darwin: ofIdentities, windows: () => windowsBoot() })();
}

import type { OwnConnections } from "./halves.ts";
import { linuxConnections } from "./own_connections.linux.ts";
import { select } from "./select.ts";

/** Null on systems where nobody has taught this program to look at its own connections. */
export function ownConnections(): OwnConnections | null {
  return select<() => OwnConnections | null>({ linux: linuxConnections, darwin: () => null, windows: () => null })();
}

import type { LogSurgery } from "./halves.ts";
import { linuxLogSurgery } from "./log_surgery.linux.ts";
import { plainLogSurgery } from "./plain_log_surgery.ts";
import { select } from "./select.ts";

/** How log files are rotated on this system while programs write them. */
export function logSurgery(): LogSurgery {
  return select<() => LogSurgery>({ linux: linuxLogSurgery, darwin: plainLogSurgery, windows: plainLogSurgery })();
}

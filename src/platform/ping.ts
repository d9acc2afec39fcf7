import type { PingResult } from "./halves.ts";
import { pingFromDarwin } from "./ping.darwin.ts";
import { pingFromLinux } from "./ping.linux.ts";
import { select } from "./select.ts";

/**
 * Sends one ICMP echo request to an address and waits for the answer, until the signal aborts: then it rejects with
 * its reason, a quarter of a second later at most.
 */
export function ping(address: string, signal: AbortSignal): Promise<PingResult> {
  return select({ linux: pingFromLinux, darwin: pingFromDarwin, windows: pingFromWindows })(address, signal);
}

function pingFromWindows(): Promise<PingResult> {
  return Promise.resolve({ kind: "not_permitted", reason: "this program cannot send ICMP on Windows yet" });
}

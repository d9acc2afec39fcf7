import { type Clock, systemClock } from "../core/mod.ts";
import { equalIdentities, type Processes, type ProcessIdentity, type SignalResult } from "./halves.ts";
import { darwinProcesses } from "./process_identity.darwin.ts";
import { linuxProcesses } from "./process_identity.linux.ts";
import { windowsProcesses } from "./process_identity.windows.ts";
import { select } from "./select.ts";

export interface WaitForExitOptions {
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly pollMs?: number;
}

const EXIT_POLL_MS = 20;

/** The identity of a living process, or null. A zombie does not live: it only waits for its parent to notice. */
export function processIdentity(pid: number): ProcessIdentity | null {
  return processes().identity(pid);
}

/** True while the very process that the identity was taken of still lives. */
export function isSameProcess(identity: ProcessIdentity): boolean {
  return equalIdentities(processIdentity(identity.pid), identity);
}

/**
 * Signals that very process, or says that it is gone; another process which was given the pid is never touched.
 * Windows knows only SIGKILL. The error is `forbidden` when the process belongs to somebody else.
 */
export function signalProcess(identity: ProcessIdentity, signal: Deno.Signal): SignalResult {
  return processes().signal(identity, signal);
}

/** Resolves once that process is gone; rejects with the signal's reason when aborted first. */
export async function waitForExit(identity: ProcessIdentity, options: WaitForExitOptions = {}): Promise<void> {
  const { signal, clock = systemClock, pollMs = EXIT_POLL_MS } = options;
  while (isSameProcess(identity)) await clock.sleep(pollMs, signal);
}

function processes(): Processes {
  return select({ linux: linuxProcesses, windows: windowsProcesses, darwin: darwinProcesses });
}

import { ANY_BOOT } from "./process_identity.windows.ts";
import { type ProcessPresence, processPresences } from "./windows/ffi/ntdll_processes.ts";

/** The kernel's own process, which has this pid on every Windows. */
const SYSTEM_PID = 4;

/**
 * When the kernel's own process was made; that stays the same until the next boot even if the clock is set. A shutdown
 * with fast startup keeps it, and the services with it. Wine has no such process.
 */
export function windowsBoot(
  processes: () => readonly Pick<ProcessPresence, "pid" | "startTime">[] = processPresences,
): string {
  const startTime = processes().find(({ pid }) => pid === SYSTEM_PID)?.startTime ?? "0";
  return startTime === "0" ? ANY_BOOT : startTime;
}

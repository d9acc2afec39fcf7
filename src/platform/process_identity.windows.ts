import { AppError } from "../core/mod.ts";
import type { Processes, ProcessIdentity } from "./halves.ts";
import { processStart, terminateProcess } from "./windows/ffi/kernel32.ts";

/** A start time is a date with 100 ns resolution here, so that boots need not be told apart. */
export const ANY_BOOT = "any";

export const windowsProcesses: Processes = {
  identity(pid): ProcessIdentity | null {
    const startTime = processStart(pid);
    return startTime === null ? null : { pid, startTime, bootId: ANY_BOOT };
  },
  signal(identity, signal) {
    if (signal !== "SIGKILL") {
      throw new AppError("unsupported", `Windows cannot send ${signal} to a process: only SIGKILL ends one there`);
    }
    return terminateProcess(identity.pid, identity.startTime) ? "sent" : "gone";
  },
};

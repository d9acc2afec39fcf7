import { libsystem } from "./darwin/libsystem.ts";
import type { Processes, ProcessIdentity } from "./halves.ts";
import { killVerified } from "./process_identity.posix.ts";

export const darwinProcesses: Processes = {
  identity: readIdentity,
  signal: (identity, signal) => killVerified(identity, signal, readIdentity),
};

function readIdentity(pid: number): ProcessIdentity | null {
  const startTime = libsystem.startTime(pid);
  return startTime === null ? null : { pid, startTime, bootId: libsystem.bootSession() ?? "unknown" };
}

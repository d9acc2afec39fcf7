import { AppError } from "../core/mod.ts";
import { equalIdentities, type ProcessIdentity, type SignalResult } from "./halves.ts";

/**
 * Checks the identity, then signals by pid. Between the two the process could end and its pid be given away, which
 * takes a whole turn of the pid numbers; where the system offers something better, that is used instead.
 */
export function killVerified(
  identity: ProcessIdentity,
  signal: Deno.Signal,
  readIdentity: (pid: number) => ProcessIdentity | null,
): SignalResult {
  if (!equalIdentities(readIdentity(identity.pid), identity)) return "gone";
  try {
    Deno.kill(identity.pid, signal);
    return "sent";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "gone";
    throw signalRefused(identity, signal, error);
  }
}

export function signalRefused(identity: ProcessIdentity, signal: Deno.Signal, cause: unknown): AppError {
  return new AppError(
    "forbidden",
    `Cannot send ${signal} to process ${identity.pid}: it belongs to somebody else; run this as its owner or as root`,
    { cause },
  );
}

import type { Clock } from "../core/mod.ts";
import type { LogFields, Logger } from "./logger.ts";

/** Logs a failure that repeats when its state changes, not at each try. */
export interface StateLog {
  /** `reason` must be the same text for as long as the cause is the same; a new reason is a change and is logged. */
  failed(reason: string, fields?: LogFields): void;
  /** Says how often and for how long it had failed; does nothing when it had not. */
  recovered(fields?: LogFields): void;
}

/** `what` is a constant noun phrase such as "connection to the manager". */
export function createStateLog(logger: Logger, clock: Clock, what: string): StateLog {
  let failure: { reason: string; count: number; readonly sinceMs: number } | undefined;
  return {
    failed(reason, fields) {
      const sameReason = failure?.reason === reason;
      failure ??= { reason, count: 0, sinceMs: clock.monotonicMs() };
      failure.reason = reason;
      failure.count++;
      if (!sameReason) logger.warn(`${what} failed`, { reason, ...fields });
    },
    recovered(fields) {
      if (failure === undefined) return;
      const durationMs = Math.round(clock.monotonicMs() - failure.sinceMs);
      logger.info(`${what} works again`, { failures: failure.count, durationMs: durationMs, ...fields });
      failure = undefined;
    },
  };
}

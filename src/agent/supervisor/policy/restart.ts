import { Duration } from "../../../core/mod.ts";
import type { ProcessExit } from "../../../protocol/mod.ts";
import type { RestartSpec } from "../spec/process_spec.ts";

/** Why a process is not there any more, or must not stay as it is. */
export type RestartCause =
  | { readonly kind: "exit"; readonly exit: Omit<ProcessExit, "timeMs"> }
  | { readonly kind: "launch"; readonly reason: string }
  | { readonly kind: "sick"; readonly reason: string };

/** What is remembered of the restarts before. Times are of the monotonic clock. */
export interface RestartHistory {
  /** When the restarts within the window were, oldest first; never more than max_retries of them. */
  readonly times: readonly number[];
  /** How many there were since the process last ran for long enough. */
  readonly inARow: number;
}

export const NO_RESTARTS: RestartHistory = { times: [], inARow: 0 };

export interface RestartFacts {
  readonly kind: "service" | "oneshot";
  readonly spec: RestartSpec;
  /** How long it ran; 0 when it could not be started at all. */
  readonly ranMs: number;
  readonly nowMs: number;
  /** From 0 to 1. */
  readonly random: number;
}

export type RestartDecision =
  | { readonly then: "restart"; readonly waitMs: number; readonly history: RestartHistory; readonly reason: string }
  | { readonly then: "stopped" | "failed"; readonly history: RestartHistory; readonly reason: string };

/** A wait is shortened by up to this part of it, so that what failed together does not come back together. */
const JITTER = 0.25;
/** Beyond it a power of two is larger than any wait that a config can hold. */
const MAX_DOUBLINGS = 40;

/** What comes of a process that has ended or must be ended, and why. Pure: nothing happens here. */
export function decideRestart(history: RestartHistory, cause: RestartCause, facts: RestartFacts): RestartDecision {
  const { spec, kind, ranMs, nowMs, random } = facts;
  const what = causeText(cause);
  const stays = staysDown(cause, kind, spec.policy);
  if (stays !== null) {
    return { then: stays, history: NO_RESTARTS, reason: stays === "failed" ? what : doneText(cause, kind) };
  }
  const inARow = ranMs >= spec.stableAfterMs ? 0 : history.inARow;
  const times = history.times.filter((time) => time > nowMs - spec.retryWindowMs);
  if (spec.maxRetries > 0 && times.length >= spec.maxRetries) {
    const window = new Duration(spec.retryWindowMs);
    return {
      then: "failed",
      history: NO_RESTARTS,
      reason: `${what}; ${times.length} restarts within ${window} are enough`,
    };
  }
  const waitMs = backoffMs(spec, inARow, random);
  const next = { times: spec.maxRetries > 0 ? [...times, nowMs] : [], inARow: inARow + 1 };
  return { then: "restart", waitMs, history: next, reason: what };
}

/** None before the first restart, then the base doubled each time up to the maximum, less a random part. */
export function backoffMs({ backoffBaseMs, backoffMaxMs }: RestartSpec, inARow: number, random: number): number {
  if (inARow === 0) return 0;
  const full = Math.min(backoffMaxMs, backoffBaseMs * 2 ** Math.min(inARow - 1, MAX_DOUBLINGS));
  return Math.round(full * (1 - JITTER * random));
}

/** Null where it is to be started again. */
function staysDown(cause: RestartCause, kind: "service" | "oneshot", policy: RestartSpec["policy"]) {
  if (cause.kind === "exit") {
    const { exit } = cause;
    if (kind === "oneshot") {
      if (exit.code === 0) return "stopped";
      // Whether it has done its work is unknown, and work done twice may be worse than work not done.
      if (isUnknown(exit)) return "failed";
    } else if (exit.code === 0 && policy === "on-failure") return "stopped";
  }
  return policy === "never" ? isGood(cause) ? "stopped" : "failed" : null;
}

function isGood(cause: RestartCause): boolean {
  return cause.kind === "exit" && cause.exit.code === 0;
}

function isUnknown({ code, signal }: Omit<ProcessExit, "timeMs">): boolean {
  return code === undefined && signal === undefined;
}

function doneText(cause: RestartCause, kind: "service" | "oneshot"): string {
  return kind === "oneshot" ? "completed with exit code 0" : causeText(cause);
}

function causeText(cause: RestartCause): string {
  return cause.kind === "exit" ? exitText(cause.exit) : cause.reason;
}

/** `exit code 3`, `killed by SIGSEGV, core dumped`. */
export function exitText({ code, signal, coreDumped }: Omit<ProcessExit, "timeMs">): string {
  if (signal !== undefined) return `ended by ${signal}${coreDumped === true ? ", core dumped" : ""}`;
  return code === undefined ? "ended; how could not be observed" : `ended with exit code ${code}`;
}

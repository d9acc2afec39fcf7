/** When a probe's result changes: a pure function, so that every sequence of tries can be thought through and tested. */

/** What one try came to. */
export interface Outcome {
  readonly ok: boolean;
  /** Short, for people, and free of secrets. */
  readonly reason: string;
}

export interface ProbeState {
  readonly result: "waiting" | "good" | "bad";
  /** Of the same kind in a row, up to the last try; one of the two is 0. */
  readonly successes: number;
  readonly failures: number;
}

export interface ProbePolicy {
  readonly successThreshold: number;
  readonly failureThreshold: number;
  /** On the monotonic clock: up to then failures do not count, because the program may still be starting. */
  readonly graceEndsMs: number;
}

export interface ProbeStep {
  readonly state: ProbeState;
  /** The new result where it has changed. */
  readonly change: "good" | "bad" | null;
  readonly reason: string;
}

export const FIRST_STATE: ProbeState = { result: "waiting", successes: 0, failures: 0 };

export function afterTry(state: ProbeState, outcome: Outcome, nowMs: number, policy: ProbePolicy): ProbeStep {
  return outcome.ok ? afterSuccess(state, outcome, policy) : afterFailure(state, outcome, nowMs, policy);
}

function afterSuccess(state: ProbeState, { reason }: Outcome, { successThreshold }: ProbePolicy): ProbeStep {
  const successes = Math.min(state.successes + 1, successThreshold);
  if (state.result === "good" || successes < successThreshold) {
    return { state: { result: state.result, successes, failures: 0 }, change: null, reason };
  }
  return {
    state: { result: "good", successes, failures: 0 },
    change: "good",
    reason: inARow(reason, successThreshold),
  };
}

/** A failure that does not count still ends a row of successes. */
function afterFailure(state: ProbeState, { reason }: Outcome, nowMs: number, policy: ProbePolicy): ProbeStep {
  const { failureThreshold, graceEndsMs } = policy;
  const counted = nowMs < graceEndsMs ? 0 : 1;
  const failures = Math.min(state.failures + counted, failureThreshold);
  if (state.result === "bad" || failures < failureThreshold) {
    return { state: { result: state.result, successes: 0, failures }, change: null, reason };
  }
  return { state: { result: "bad", successes: 0, failures }, change: "bad", reason: inARow(reason, failureThreshold) };
}

function inARow(reason: string, times: number): string {
  return times === 1 ? reason : `${reason}, ${times} times in a row`;
}

import { AppError, messageOf, toAppError } from "../core/mod.ts";

export interface Failure {
  readonly name: string;
  readonly error: unknown;
}

/** The error of a start in which components failed: it names the first and has its code; details has the others. */
export function failedStart([first, ...others]: readonly [Failure, ...Failure[]]): AppError {
  const cause = toAppError(first.error);
  return new AppError(cause.code, `Component "${first.name}" failed to start: ${cause.message}`, {
    retryable: cause.retryable,
    details: {
      component: first.name,
      details: cause.details,
      others: others.map(({ name, error }) => ({ name, message: messageOf(error) })),
    },
    cause: first.error,
  });
}

export function cancelledStart(reason: unknown): AppError {
  return new AppError("cancelled", `The start was cancelled: ${messageOf(reason)}`, { cause: reason });
}

/** True for what a component rejects with because it was told to give up, as against a failure of its own. */
export function isCancellation(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted || !(error instanceof Error)) return false;
  if (error.name === "AbortError" || error === signal.reason || error.cause === signal.reason) return true;
  return error instanceof AppError && error.code === "cancelled";
}

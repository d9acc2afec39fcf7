/**
 * The one error type of the program, and the one table that says what each code means outside of it.
 *
 * A message says what could not be done, why, and what to do. Nobody matches on message text: match on `code`.
 */

/** What a code means on the wire (`number`), over HTTP (`http`) and to a shell (`exit`). */
interface ErrorMeaning {
  readonly number: number;
  readonly http: number;
  readonly exit: number;
}

/**
 * Every code of the program. Numbers: 10xxx general, 20xxx hosts, 30xxx systems, instances and processes,
 * 40xxx packages, 50xxx monitoring, alerts, jobs and logs. A number is never given a second meaning.
 */
export const ERRORS = {
  internal: { number: 10000, http: 500, exit: 1 },
  invalid_input: { number: 10001, http: 400, exit: 2 },
  invalid_config: { number: 10002, http: 422, exit: 2 },
  unauthorized: { number: 10003, http: 401, exit: 4 },
  forbidden: { number: 10004, http: 403, exit: 4 },
  not_found: { number: 10005, http: 404, exit: 1 },
  method_not_allowed: { number: 10006, http: 405, exit: 1 },
  conflict: { number: 10007, http: 409, exit: 1 },
  too_large: { number: 10008, http: 413, exit: 2 },
  rate_limited: { number: 10009, http: 429, exit: 1 },
  timeout: { number: 10010, http: 504, exit: 5 },
  unavailable: { number: 10011, http: 503, exit: 1 },
  unsupported: { number: 10012, http: 501, exit: 6 },
  already_running: { number: 10013, http: 409, exit: 7 },
  not_running: { number: 10014, http: 503, exit: 3 },
  cancelled: { number: 10015, http: 499, exit: 130 },
  no_space: { number: 10016, http: 507, exit: 1 },
  host_offline: { number: 20001, http: 503, exit: 8 },
  host_refuses: { number: 20002, http: 403, exit: 4 },
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof ERRORS;

/** What each exit code tells a script; printed by `agent --help`. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, "done"],
  [1, "failed; the message says why"],
  [2, "bad command line or config"],
  [3, "the agent is not running"],
  [4, "not permitted"],
  [5, "not done within the time allowed"],
  [6, "this operating system or host cannot do it"],
  [7, "another agent holds this work directory"],
  [8, "the host is not connected to the manager"],
  [130, "interrupted"],
];

export interface AppErrorOptions {
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  /** Machine-readable facts about the failure. Never secrets. */
  readonly details?: unknown;
  readonly cause?: unknown;
}

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details;
  }

  get meaning(): ErrorMeaning {
    return ERRORS[this.code];
  }
}

/** Makes an AppError of anything thrown; what is one already passes through unchanged. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError("internal", messageOf(thrown), { cause: thrown });
}

/** The message of anything thrown, without its stack; never empty and never throws itself. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  try {
    return String(thrown) || "an empty value was thrown";
  } catch {
    // An object without a usable toString has no better description than what it is.
    return "an object without a message was thrown";
  }
}

import * as z from "zod/mini";

/** `POST /v1/exec` of the control API: one command, its output as it comes, then how it ended. */

export const MAX_EXEC_TIMEOUT_MS = 24 * 60 * 60 * 1000;

export const execRequest = () =>
  z.strictObject({
    argv: z.array(z.string().check(z.maxLength(32_000))).check(z.minLength(1), z.maxLength(1_000)),
    cwd: z.optional(z.string().check(z.maxLength(4_000))),
    env: z.optional(z.record(z.string().check(z.maxLength(200)), z.string().check(z.maxLength(32_000)))),
    user: z.optional(z.string().check(z.maxLength(64))),
    stdin: z.optional(z.string().check(z.maxLength(1024 * 1024))),
    timeoutMs: z.optional(z.number().check(z.minimum(1), z.maximum(MAX_EXEC_TIMEOUT_MS))),
    /** Kept of each of the two outputs where the answer is not a stream; 64 KiB when absent. */
    maxOutputBytes: z.optional(z.number().check(z.minimum(0), z.maximum(8 * 1024 * 1024))),
  });
export type ExecRequest = z.output<ReturnType<typeof execRequest>>;

/** `POST /v1/exec`: all at once, when it has ended. */
export const execReport = () =>
  z.object({
    /** Absent when a signal ended it. */
    code: z.optional(z.number()),
    signal: z.optional(z.string()),
    timedOut: z.boolean(),
    stdout: z.string(),
    stderr: z.string(),
    truncated: z.boolean(),
    durationMs: z.number(),
  });
export type ExecReport = z.output<ReturnType<typeof execReport>>;

/** `POST /v1/exec/stream`: server-sent events `stdout` and `stderr` (base64 in `data`), at last `end`. Leaving ends the command. */
export const execEnd = () => z.omit(execReport(), { stdout: true, stderr: true });
export type ExecEnd = z.output<ReturnType<typeof execEnd>>;

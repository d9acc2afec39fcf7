import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";

/** `/v1/processes/{id}/logs` of the control API. */

export const logLine = () =>
  z.object({
    /** `stdout`, `stderr`, or the name of one of log_paths. */
    file: z.string(),
    text: z.string(),
    /** When it was written, to about a second; absent where nobody was there to see it. */
    timeMs: z.optional(epochMs()),
    /** True when it was longer than what is told of one line. */
    cut: z.optional(z.boolean()),
  });
export type LogLine = z.output<ReturnType<typeof logLine>>;

export const logLines = () =>
  z.object({
    lines: z.array(logLine().check(z.describe("Oldest first."))),
    /** True when a limit was reached before all that matches was found. */
    incomplete: z.boolean(),
  });
export type LogLines = z.output<ReturnType<typeof logLines>>;

const fileName = () =>
  z.string().check(z.maxLength(4_096), z.describe("stdout, stderr, or one of log_paths; all if absent."));
const pattern = () => z.string().check(z.maxLength(1_000), z.describe("Regular expression that a line must match."));

export const logsQuery = () =>
  z.strictObject({
    lines: z.optional(z.string().check(z.maxLength(7), z.describe("How many, the latest ones; 100 if absent."))),
    since: z.optional(z.string().check(z.maxLength(40), z.describe("A time, or a duration before now."))),
    grep: z.optional(pattern()),
    file: z.optional(fileName()),
  });

export const logsStreamQuery = () =>
  z.strictObject({
    lines: z.optional(z.string().check(z.maxLength(7), z.describe("How many of the latest ones come first; 10."))),
    grep: z.optional(pattern()),
    file: z.optional(fileName()),
  });

export const logFile = () =>
  z.object({
    name: z.string(),
    path: z.string(),
    sizeBytes: z.optional(z.number()),
    rotated: z.number().check(z.describe("How many older ones there are.")),
  });
export const logFiles = () => z.object({ files: z.array(logFile()) });
export type LogFileReport = z.output<ReturnType<typeof logFile>>;

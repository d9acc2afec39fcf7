import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { idText, nextCursor, pageQuery } from "./access.ts";

/** `/api/v1/recordings`: what hosts' terminals have shown to those who used them, as asciicast v2. What was typed is not in it. */

export const RECORDINGS_PATH = "/api/v1/recordings";
export const CAST_TYPE = "application/x-asciicast";

export const recording = () =>
  z.object({
    id: z.string(),
    hostId: z.string(),
    /** The host's name when it began. */
    host: z.string(),
    terminalId: z.string(),
    /** Who used it first; the audit has all who did. */
    actor: z.string(),
    /** Whose shell it was on the host, and which one; empty until the host has said so. */
    user: z.string(),
    shell: z.string(),
    /** The last title that its programs gave it. */
    title: z.string(),
    cols: z.number(),
    rows: z.number(),
    startedMs: epochMs(),
    /** Absent while it goes on. */
    endedMs: z.optional(epochMs()),
    /** Why it has ended, in words; empty while it goes on. */
    reason: z.string(),
    durationMs: z.number(),
    sizeBytes: z.number(),
    /** Whether the terminal went on without it: it was too long, or could not be written. */
    isCut: z.boolean(),
  });
export type Recording = z.output<ReturnType<typeof recording>>;

export const recordingList = () => z.object({ recordings: z.array(recording()), next: nextCursor() });
export const recordingListQuery = () =>
  z.strictObject({
    ...pageQuery(),
    host: z.optional(idText()),
    actor: z.optional(z.string().check(z.maxLength(80))),
  });
export const recordingParams = () => z.strictObject({ id: idText() });
export const removedRecording = () => z.object({ id: z.string(), removed: z.boolean() });

/** The first line of a recording. `farhand` is ours; players pass over it. */
export const castHeader = () =>
  z.object({
    version: z.literal(2),
    width: z.number(),
    height: z.number(),
    /** Seconds since 1970. */
    timestamp: z.number(),
    title: z.string(),
    farhand: z.object({ hostId: z.string(), host: z.string(), terminalId: z.string(), actor: z.string() }),
  });

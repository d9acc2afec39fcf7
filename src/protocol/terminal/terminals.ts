import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";

/**
 * `/v1/terminals` of the control API: shells on a host, which live on the agent and are attached to through the tunnel.
 * `GET /v1/terminals/{id}/attach` turns its stream into frames both ways (frames.ts).
 */

export const TERMINAL_LIMITS = { minSide: 1, maxSide: 1_000 } as const;

const side = () => z.number().check(z.int(), z.minimum(TERMINAL_LIMITS.minSide), z.maximum(TERMINAL_LIMITS.maxSide));

export const ATTACH_MODES = ["control", "view"] as const;
export type AttachMode = (typeof ATTACH_MODES)[number];

export const newTerminal = () =>
  z.strictObject({
    cols: side(),
    rows: side(),
    /** Of the caller's terminal, for TERM; xterm-256color if absent. */
    term: z.optional(z.string().check(z.regex(/^[A-Za-z0-9][\w.+-]{0,63}$/, "not a terminal's name"))),
  });
export type NewTerminal = z.output<ReturnType<typeof newTerminal>>;

export const terminalGuest = () =>
  z.object({
    /** As the manager names who asks; `owner` on the host's own addresses. */
    actor: z.string(),
    mode: z.enum(ATTACH_MODES),
    sinceMs: epochMs(),
  });

export const terminalView = () =>
  z.object({
    id: z.string(),
    /** Who has opened it. */
    actor: z.string(),
    user: z.string(),
    shell: z.string(),
    /** What its programs call it, by the escape sequence for titles; empty until one does. */
    title: z.string(),
    cols: z.number(),
    rows: z.number(),
    createdMs: epochMs(),
    /** The last time that something was typed or printed. */
    activeMs: epochMs(),
    /** Absent while somebody is attached: until then it waits for somebody to come back. */
    expiresMs: z.optional(epochMs()),
    guests: z.array(terminalGuest()),
    outputBytes: z.number(),
  });
export type TerminalView = z.output<ReturnType<typeof terminalView>>;
export const terminalList = () => z.object({ terminals: z.array(terminalView()) });

export const terminalParams = () => z.strictObject({ id: z.string().check(z.minLength(1), z.maxLength(80)) });

export const attachQuery = () =>
  z.strictObject({
    mode: z.optional(z.enum(ATTACH_MODES)),
    cols: z.optional(z.string().check(z.regex(/^\d{1,4}$/))),
    rows: z.optional(z.string().check(z.regex(/^\d{1,4}$/))),
    /** How many bytes of output the asker has already, so that only what came since is sent; 0 if absent. */
    from: z.optional(z.string().check(z.regex(/^\d{1,15}$/))),
  });

/** Frame `state`: told after attaching and whenever it changes. The manager adds what is its own. */
export const terminalState = () =>
  z.object({
    terminal: terminalView(),
    /** The asker's own. */
    mode: z.enum(ATTACH_MODES),
    /** Whether the manager keeps what is shown. */
    isRecorded: z.optional(z.boolean()),
  });
export type TerminalState = z.output<ReturnType<typeof terminalState>>;

/** Frame `exit`: the last one. */
export const terminalExit = () =>
  z.object({
    /** Absent when it could not be seen, or a signal ended it. */
    exitCode: z.optional(z.number()),
    signal: z.optional(z.string()),
    /** Why it has ended, in words: "the shell has ended", "idle for 30 m", "ended by alice". */
    reason: z.string(),
  });
export type TerminalExit = z.output<ReturnType<typeof terminalExit>>;

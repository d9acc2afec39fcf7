import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { PROCESS_STATES, processExit } from "./processes.ts";

/** `/v1/events` of the control API: what happened to the processes of this host. */

export const EVENT_KINDS = [
  "state",
  "exit",
  "threshold",
  "probe",
  "heartbeat",
  "added",
  "removed",
  "changed",
  "log",
] as const;
export type ProcessEventKind = (typeof EVENT_KINDS)[number];

export const processEvent = () =>
  z.object({
    seq: z.number().check(z.describe("Grows by each event of this host; what comes after it is asked for by it.")),
    timeMs: epochMs(),
    process: z.string(),
    kind: z.enum(EVENT_KINDS),
    level: z.enum(["info", "warn", "error"]),
    state: z.enum(PROCESS_STATES),
    /** For `state`: the one before, and how long it lasted. */
    previous: z.optional(z.enum(PROCESS_STATES)),
    previousMs: z.optional(z.number()),
    reason: z.string(),
    pid: z.optional(z.number()),
    exit: z.optional(processExit()),
  });
export type ProcessEvent = z.output<ReturnType<typeof processEvent>>;
export type NewProcessEvent = Omit<ProcessEvent, "seq">;

export const eventList = () =>
  z.object({
    events: z.array(processEvent()),
    /** The seq to go on after. */
    next: z.number(),
  });
export type EventList = z.output<ReturnType<typeof eventList>>;

/**
 * What a stream says, as `missed`, when it cannot go on without a gap: events were forgotten before the listener could be
 * told of them, or the numbers have begun anew. Whoever asks again asks for what came after `seq`.
 */
export const missedEvents = () => z.object({ seq: z.number() });
export type MissedEvents = z.output<ReturnType<typeof missedEvents>>;

export const eventsQuery = () =>
  z.strictObject({
    after: z.optional(z.string().check(z.maxLength(20), z.describe("Only events with a greater seq."))),
    limit: z.optional(z.string().check(z.maxLength(6), z.describe("How many, the latest ones; at most 10,000."))),
    process: z.optional(z.string().check(z.maxLength(80))),
    since: z.optional(z.string().check(z.maxLength(40), z.describe("A time, or a duration before now."))),
  });

export const eventsStreamQuery = () =>
  z.strictObject({
    after: z.optional(z.string().check(z.maxLength(20), z.describe("Begin with what came after this seq."))),
    process: z.optional(z.string().check(z.maxLength(80))),
  });

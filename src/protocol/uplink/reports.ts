import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { processEvent } from "../supervisor/events.ts";
import { PROCESS_STATES } from "../supervisor/processes.ts";
import { hostFacts } from "./enrol.ts";
import { taskResult } from "./tasks.ts";

/** What an agent tells its manager, as requests that it makes through the tunnel. */

export const REPORT_PATHS = {
  /** Live: at each interval. */
  heartbeat: "/v1/heartbeat",
  /** What could not be told while there was no tunnel, oldest first, besides the heartbeats. */
  backfill: "/v1/backfill",
  /** Events of processes, as they happen. */
  events: "/v1/events",
  /** What has become of a task. */
  taskResult: "/v1/tasks/result",
} as const;

/**
 * The series that a manager keeps of each host, by the names of the samples' points. Of a series with instances (a mount,
 * an interface) the fleet sees one number: the largest of percentages, the sum of rates.
 */
export const FLEET_SERIES = [
  "cpu.usage_percent",
  "memory.used_percent",
  "memory.swap_used_percent",
  "disk.used_percent",
  "disk.read_bytes_per_second",
  "disk.write_bytes_per_second",
  "network.receive_bytes_per_second",
  "network.transmit_bytes_per_second",
  "load.load1",
  "self.cpu_percent",
  "self.rss_bytes",
] as const;
export type FleetSeries = (typeof FLEET_SERIES)[number];

/** One reading: its own time, and a value for each series that the welcome named; null where nothing was measured. */
export const sampleRow = () =>
  z.object({ timeMs: epochMs(), values: z.array(z.nullable(z.number())).check(z.maxLength(64)) });
export type SampleRow = z.output<ReturnType<typeof sampleRow>>;

/** A process as the fleet's lists show it. */
export const processBrief = () =>
  z.object({
    id: z.string().check(z.maxLength(80)),
    name: z.string().check(z.maxLength(200)),
    state: z.enum(PROCESS_STATES),
    sinceMs: epochMs(),
    reason: z.string().check(z.maxLength(1000)),
    labels: z.record(z.string().check(z.maxLength(80)), z.string().check(z.maxLength(200))),
    pid: z.optional(z.number()),
    restarts: z.number(),
    cpuPercent: z.optional(z.number()),
    rssBytes: z.optional(z.number()),
  });
export type ProcessBrief = z.output<ReturnType<typeof processBrief>>;

export const MAX_BRIEFS = 5_000;

export const hostHeartbeat = () =>
  z.object({
    timeMs: epochMs(),
    /** `ok` or `degraded` with the components that are not well. */
    state: z.enum(["ok", "degraded"]),
    reason: z.optional(z.string().check(z.maxLength(1000))),
    sample: z.nullable(sampleRow()),
    uptimeMs: z.optional(z.number().check(z.describe("Of the host."))),
    /** Of the tunnel, as the agent last measured it. */
    latencyMs: z.optional(z.number()),
    settingsVersion: z.number(),
    /** Present when any has changed since the last one that was answered, and every minute. */
    processes: z.optional(z.array(processBrief()).check(z.maxLength(MAX_BRIEFS))),
    /** Present when they have changed. */
    facts: z.optional(hostFacts()),
  });
export type HostHeartbeat = z.output<ReturnType<typeof hostHeartbeat>>;

/** Settings are told when the host's version is another one; keys as in the config: `collectors.interval`. */
export const dynamicSettings = () =>
  z.object({
    version: z.number(),
    values: z.record(z.string(), z.unknown()),
  });
export type DynamicSettings = z.output<ReturnType<typeof dynamicSettings>>;

export const hostHeartbeatAnswer = () =>
  z.object({
    timeMs: epochMs(),
    intervalMs: z.number(),
    settings: z.optional(dynamicSettings()),
    /** The manager is about to leave: connect again after a random part of this, to whichever address answers. */
    drainMs: z.optional(z.number()),
  });
export type HostHeartbeatAnswer = z.output<ReturnType<typeof hostHeartbeatAnswer>>;

export const MAX_BACKFILL_ROWS = 500;
export const MAX_EVENTS = 500;

export const backfill = () => z.object({ rows: z.array(sampleRow()).check(z.maxLength(MAX_BACKFILL_ROWS)) });
export type Backfill = z.output<ReturnType<typeof backfill>>;

export const eventsReport = () => z.object({ events: z.array(processEvent()).check(z.maxLength(MAX_EVENTS)) });
export type EventsReport = z.output<ReturnType<typeof eventsReport>>;

/** Up to which seq the manager has the host's events, safely. */
export const eventsAnswer = () => z.object({ eventSeq: z.number() });

export const taskResultReport = () => taskResult();

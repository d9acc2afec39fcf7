import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { hostFacts } from "../uplink/enrol.ts";
import { PROCESS_STATES } from "../supervisor/processes.ts";
import { processBrief } from "../uplink/reports.ts";
import { displayName, idText, labels, nextCursor, pageQuery } from "./access.ts";

/** `/api/v1/hosts` and what is told of them. */

export const HOST_STATES = ["online", "degraded", "unreachable", "offline", "unknown"] as const;
export type HostState = (typeof HOST_STATES)[number];

/** `agent`: it holds a tunnel. `worker`: it only reports, by the fallback's heartbeats, and cannot be told anything. */
export const HOST_KINDS = ["agent", "worker"] as const;

/** Somebody else who claimed to be the same host while it was connected. */
export const duplicateClaim = () =>
  z.object({
    timeMs: epochMs(),
    address: z.string(),
    hostname: z.string(),
    machineId: z.optional(z.string()),
  });
export type DuplicateClaim = z.output<ReturnType<typeof duplicateClaim>>;

export const hostView = () =>
  z.object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(HOST_KINDS),
    labels: z.record(z.string(), z.string()),
    state: z.enum(HOST_STATES),
    sinceMs: epochMs(),
    reason: z.string(),
    facts: z.optional(hostFacts()),
    enrolledMs: epochMs(),
    lastSeenMs: z.optional(epochMs()),
    /** Where its connection comes from, as the manager sees it. */
    address: z.optional(z.string()),
    uptimeMs: z.optional(z.number()),
    latencyMs: z.optional(z.number()),
    drained: z.boolean().check(z.describe("No tasks are begun there.")),
    /** The latest value of each fleet series; what was not measured is absent. */
    latest: z.optional(z.object({ timeMs: epochMs(), values: z.record(z.string(), z.number()) })),
    processes: z.object({
      total: z.number(),
      /** failed, backoff, unhealthy. */
      bad: z.number(),
    }),
    duplicates: z.array(duplicateClaim()),
    settingsVersion: z.optional(z.number().check(z.describe("Of the settings that it has in force."))),
  });
export type HostView = z.output<ReturnType<typeof hostView>>;

export const HOST_SORTS = ["name", "state", "lastSeen", "enrolled"] as const;

export const hostListQuery = () =>
  z.strictObject({
    ...pageQuery(),
    select: z.optional(z.string().check(z.maxLength(1_000), z.describe("env=prod,name=web-*"))),
    text: z.optional(z.string().check(z.maxLength(200), z.describe("Part of name, hostname, address or a label."))),
    state: z.optional(z.string().check(z.maxLength(100), z.describe("States, separated by commas."))),
    sort: z.optional(
      z.string().check(
        z.regex(
          /^-?(name|state|lastSeen|enrolled)$/,
          `one of ${HOST_SORTS.join(", ")}, with - before it for the reverse`,
        ),
      ),
    ),
  });

export const hostList = () =>
  z.object({
    hosts: z.array(hostView()),
    total: z.number().check(z.describe("That the filter leaves.")),
    next: nextCursor(),
  });
export type HostList = z.output<ReturnType<typeof hostList>>;

export const hostParams = () => z.strictObject({ id: idText() });
/** `ANY /api/v1/hosts/{id}/agent/{path}`. */
export const agentPathParams = () =>
  z.strictObject({
    id: idText(),
    path: z.string().check(z.maxLength(4_000), z.describe("All that follows, slashes included.")),
  });
export const hostPatch = () =>
  z.strictObject({ name: z.optional(displayName()), labels: z.optional(labels()), drained: z.optional(z.boolean()) });
export type HostPatch = z.output<ReturnType<typeof hostPatch>>;
export const hostRemoval = () => z.object({ id: z.string(), name: z.string() });

/** `GET /api/v1/processes`: processes of all hosts as they were last reported. */
export const fleetProcess = () =>
  z.extend(processBrief(), {
    hostId: z.string(),
    host: z.string(),
    hostState: z.enum(HOST_STATES),
    reportedMs: epochMs(),
  });
export type FleetProcess = z.output<ReturnType<typeof fleetProcess>>;
export const fleetProcessQuery = () =>
  z.strictObject({
    ...pageQuery(),
    select: z.optional(z.string().check(z.maxLength(1_000))),
    state: z.optional(z.string().check(z.maxLength(128), z.describe(`Of ${PROCESS_STATES.join(", ")}, by commas.`))),
    text: z.optional(z.string().check(z.maxLength(200))),
  });
export const fleetProcessList = () =>
  z.object({ processes: z.array(fleetProcess()), total: z.number(), next: nextCursor() });

/** `GET /api/v1/samples`: the latest of each host; `GET /api/v1/hosts/{id}/samples`: a range of one. */
export const fleetSamples = () =>
  z.object({
    timeMs: epochMs(),
    series: z.array(z.string()),
    hosts: z.array(z.object({ id: z.string(), timeMs: epochMs(), values: z.array(z.nullable(z.number())) })),
  });
export type FleetSamples = z.output<ReturnType<typeof fleetSamples>>;
export const hostSamplesQuery = () =>
  z.strictObject({
    from: z.optional(z.string().check(z.maxLength(40))),
    to: z.optional(z.string().check(z.maxLength(40))),
    duration: z.optional(z.string().check(z.maxLength(32))),
    step: z.optional(z.string().check(z.maxLength(32))),
  });
export const hostSamples = () =>
  z.object({
    fromMs: epochMs(),
    toMs: epochMs(),
    stepMs: z.number(),
    timesMs: z.array(epochMs()),
    series: z.array(z.object({ name: z.string(), values: z.array(z.nullable(z.number())) })),
  });
export type HostSamples = z.output<ReturnType<typeof hostSamples>>;

/** `GET /api/v1/events` and its stream: of processes, hosts and the manager itself. */
export const FLEET_EVENT_KINDS = ["process", "host", "task", "manager"] as const;
export const FLEET_EVENT_LEVELS = ["info", "warn", "error"] as const;
export const fleetEvent = () =>
  z.object({
    seq: z.number(),
    timeMs: epochMs().check(z.describe("When it happened there.")),
    kind: z.enum(FLEET_EVENT_KINDS),
    level: z.enum(FLEET_EVENT_LEVELS),
    hostId: z.optional(z.string()),
    host: z.optional(z.string()),
    /** For `process`. */
    process: z.optional(z.string()),
    /** running, failed … of a process; online, offline … of a host. */
    state: z.optional(z.string()),
    message: z.string(),
    /** The host's own number of it. */
    hostSeq: z.optional(z.number()),
  });
export type FleetEvent = z.output<ReturnType<typeof fleetEvent>>;
export type NewFleetEvent = Omit<FleetEvent, "seq" | "host">;
export const fleetEventList = () =>
  z.object({
    events: z.array(fleetEvent()),
    next: z.number(),
    previous: z.optional(
      z.number().check(z.describe("To be asked for as `before`, for older ones; absent where there are none.")),
    ),
  });
export type FleetEventList = z.output<ReturnType<typeof fleetEventList>>;
export const fleetEventsQuery = () =>
  z.strictObject({
    after: z.optional(z.string().check(z.maxLength(20), z.describe("Only events with a greater seq, oldest first."))),
    limit: z.optional(z.string().check(z.maxLength(5))),
    host: z.optional(idText()),
    before: z.optional(
      z.string().check(z.maxLength(20), z.describe("Only events with a smaller seq, the latest of them.")),
    ),
    kind: z.optional(z.string().check(z.maxLength(60))),
    level: z.optional(z.string().check(z.maxLength(60), z.describe("info, warn, error, separated by commas."))),
    since: z.optional(z.string().check(z.maxLength(40))),
  });
/** `GET /api/v1/events/stream`: as server-sent events from `after`, or `Last-Event-ID`, on; from now without. */
export const fleetEventsStreamQuery = () => z.pick(fleetEventsQuery(), { after: true, host: true, kind: true });

import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";

/** `/v1/processes` of the control API. */

export const PROCESS_STATES = [
  "starting",
  "running",
  "unhealthy",
  "backoff",
  "stopping",
  "stopped",
  "failed",
  "adopted",
] as const;
export type ProcessState = (typeof PROCESS_STATES)[number];

/** The states in which the program itself is there. */
export const LIVING_STATES: readonly ProcessState[] = ["starting", "running", "unhealthy", "stopping", "adopted"];

/** How a process ended. Neither code nor signal: it could not be observed, because it was not the agent's own child. */
export const processExit = () =>
  z.object({
    timeMs: epochMs(),
    code: z.optional(z.number()),
    signal: z.optional(z.string().check(z.describe("SIGKILL, SIGSEGV …"))),
    coreDumped: z.optional(z.boolean()),
  });
export type ProcessExit = z.output<ReturnType<typeof processExit>>;

/** What a process and all its descendants use. What could not be measured is absent. */
export const processUsage = () =>
  z.object({
    timeMs: epochMs(),
    cpuPercent: z.optional(z.number().check(z.describe("Of one core, since the measurement before."))),
    rssBytes: z.optional(z.number()),
    readBytesPerSecond: z.optional(z.number()),
    writtenBytesPerSecond: z.optional(z.number()),
    openFiles: z.optional(z.number()),
    threads: z.optional(z.number()),
    processes: z.number().check(z.describe("How many they are.")),
  });
export type ProcessUsage = z.output<ReturnType<typeof processUsage>>;

export const PROBE_RESULTS = ["waiting", "good", "bad"] as const;

export const probeReport = () =>
  z.object({
    probe: z.enum(["readiness", "liveness", "heartbeat"]),
    type: z.string(),
    result: z.enum(PROBE_RESULTS),
    reason: z.optional(z.string().check(z.describe("What the last try came to."))),
    lastMs: z.optional(epochMs()),
  });
export type ProbeReport = z.output<ReturnType<typeof probeReport>>;

export const processView = () =>
  z.object({
    id: z.string(),
    name: z.string(),
    /** The id in the config, of which this is one replica. */
    group: z.string(),
    kind: z.enum(["service", "oneshot"]),
    type: z.string(),
    labels: z.record(z.string(), z.string()),
    origin: z.enum(["config", "api"]),
    enabled: z.boolean(),
    state: z.enum(PROCESS_STATES),
    sinceMs: epochMs(),
    reason: z.string(),
    /** Whether its user wants it to run. */
    wanted: z.boolean(),
    pid: z.optional(z.number()),
    startedMs: z.optional(epochMs()),
    restarts: z.number().check(z.describe("Since the agent knows it, those after a user's request not counted.")),
    nextStartMs: z.optional(epochMs().check(z.describe("In backoff: when it is started again."))),
    lastExit: z.optional(processExit()),
    probes: z.array(probeReport()),
    usage: z.optional(processUsage()),
    statusText: z.optional(z.string().check(z.describe("What the program says of itself."))),
  });
export type ProcessView = z.output<ReturnType<typeof processView>>;

export const processList = () => z.object({ processes: z.array(processView()) });
export type ProcessList = z.output<ReturnType<typeof processList>>;

/** One process in full: besides its state, how it is run. Values of environment variables are not told. */
export const processDetails = () =>
  z.extend(processView(), {
    argv: z.array(z.string()),
    workDir: z.string(),
    user: z.optional(z.string()),
    envNames: z.array(z.string()),
    dependsOn: z.array(z.object({ id: z.string(), condition: z.string() })),
    logs: z.array(z.object({ name: z.string(), path: z.string(), sizeBytes: z.optional(z.number()) })),
    limits: z.array(z.string().check(z.describe("What is limited and how: memory 512MB by control group."))),
    problems: z.array(z.string().check(z.describe("What is asked for and cannot be done here."))),
  });
export type ProcessDetails = z.output<ReturnType<typeof processDetails>>;

export const PROCESS_ACTIONS = ["start", "stop", "restart", "signal"] as const;
export type ProcessAction = (typeof PROCESS_ACTIONS)[number];

const processIds = () => z.array(z.string().check(z.minLength(1), z.maxLength(80))).check(z.maxLength(10_000));

/** Which processes: by id (of a replica or of its group), all of them, or by label. Exactly one of the three. */
export const processSelector = () =>
  z.strictObject({
    ids: z.optional(processIds()),
    all: z.optional(z.literal(true)),
    labels: z.optional(z.record(z.string(), z.string())),
  });
export type ProcessSelector = z.output<ReturnType<typeof processSelector>>;

export const processActionRequest = () =>
  z.strictObject({
    action: z.enum(PROCESS_ACTIONS),
    select: processSelector(),
    signal: z.optional(z.string().check(z.maxLength(16), z.describe("For `signal`: SIGHUP, HUP or 1."))),
    tree: z.optional(z.boolean().check(z.describe("For `signal`: all descendants too."))),
    /** How long the caller waits for the outcome; the action itself goes on. */
    waitMs: z.optional(z.number().check(z.minimum(0), z.maximum(3_600_000))),
  });
export type ProcessActionRequest = z.output<ReturnType<typeof processActionRequest>>;

export const processActionResult = () =>
  z.object({
    id: z.string(),
    ok: z.boolean(),
    state: z.enum(PROCESS_STATES),
    message: z.string().check(z.describe("What has happened, or why it has not.")),
    pid: z.optional(z.number()),
  });
export type ProcessActionResult = z.output<ReturnType<typeof processActionResult>>;

/** In the order in which they were done; a failure of one does not keep the others from being done. */
export const processActionReport = () => z.object({ results: z.array(processActionResult()) });
export type ProcessActionReport = z.output<ReturnType<typeof processActionReport>>;

/** The same keys as an item of `processes:` in the config; what is wrong with them is told by the config's own rules. */
export const processAddRequest = () => z.strictObject({ process: z.record(z.string(), z.unknown()) });

export const processRemoveReport = () => z.object({ removed: z.array(z.string()) });

const durationText = () => z.string().check(z.maxLength(32), z.describe("A duration such as 15m or 1h."));

export const processParams = () => z.strictObject({ id: z.string().check(z.minLength(1), z.maxLength(80)) });
export const processListQuery = () =>
  z.strictObject({
    label: z.optional(z.string().check(z.maxLength(512), z.describe("name=value"))),
    state: z.optional(z.string().check(z.maxLength(128), z.describe("States, separated by commas."))),
  });
export const processUsageQuery = () => z.strictObject({ duration: z.optional(durationText()) });

export const processUsageReport = () =>
  z.object({
    id: z.string(),
    intervalMs: z.number(),
    usage: z.array(processUsage().check(z.describe("Oldest first."))),
    limits: z.optional(z.object({
      cpuThreshold: z.optional(z.number()),
      memoryThresholdBytes: z.optional(z.number()),
    })),
  });
export type ProcessUsageReport = z.output<ReturnType<typeof processUsageReport>>;

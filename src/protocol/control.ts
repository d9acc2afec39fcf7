import * as z from "zod/mini";

/** The agent's control API, `/v1` on its control socket. */

const state = z.enum(["starting", "ok", "degraded", "failed", "stopping", "stopped"]);
const epochMs = z.number().check(z.describe("Milliseconds since 1970-01-01 UTC."));
const logLevel = z.enum(["debug", "info", "warn", "error"]);

export const componentReport = z.object({
  name: z.string(),
  state,
  sinceMs: epochMs,
  reason: z.optional(z.string().check(z.describe("Why it is in this state."))),
});
export type ComponentReport = z.output<typeof componentReport>;

export const healthReport = z.object({
  state: state.check(z.describe("The worst state of any component.")),
  components: z.array(componentReport),
});
export type HealthReport = z.output<typeof healthReport>;

const sourceAddress = z.object({ address: z.string(), interface: z.optional(z.string()) });

/** How the agent stands with its manager. */
export const managerLink = z.object({
  state: z.enum(["enrolling", "connecting", "connected", "refused"]),
  sinceMs: epochMs,
  /** Why it is not connected, or what it is connected to. */
  reason: z.string(),
  url: z.optional(z.string()),
  hostId: z.optional(z.string()),
  name: z.optional(z.string()),
  latencyMs: z.optional(z.number()),
  managerId: z.optional(z.string()),
  clockSkewMs: z.optional(z.number().check(z.describe("How far this host's clock is ahead of the manager's."))),
  settingsVersion: z.optional(z.number().check(z.describe("Of the manager's settings in force; 0 for none."))),
});
export type ManagerLink = z.output<typeof managerLink>;

export const agentStatus = z.object({
  state,
  pid: z.number(),
  version: z.string(),
  commit: z.string(),
  target: z.string(),
  startedMs: epochMs,
  uptimeMs: z.number(),
  hostname: z.string(),
  id: z.optional(z.string().check(z.describe("The host's id, where one was configured or given by a manager."))),
  mode: z.enum(["standalone", "managed"]),
  manager: z.optional(managerLink),
  logLevel,
  config: z.object({
    file: z.nullable(z.string().check(z.describe("Null when the agent runs on defaults."))),
    loadedMs: epochMs,
    warnings: z.array(z.string()),
  }),
  paths: z.object({ workDir: z.string(), pidFile: z.string(), logFile: z.string(), socket: z.string() }),
  listen: z.nullable(z.string().check(z.describe("The TCP address of the control API, where it has one."))),
  addresses: z.object({
    primary: z.object({ v4: z.optional(sourceAddress), v6: z.optional(sourceAddress) }).check(
      z.describe("Where packets to the manager, or to the default route, come from."),
    ),
    all: z.array(z.object({
      interface: z.string(),
      family: z.enum(["IPv4", "IPv6"]),
      address: z.string(),
      prefixLength: z.optional(z.number()),
      mac: z.optional(z.string()),
    })),
  }),
  memory: z.object({ rssBytes: z.number(), heapUsedBytes: z.number() }),
  components: z.array(componentReport),
  processes: z.optional(z.object({
    total: z.number().check(z.describe("How many processes are supervised.")),
    byState: z.record(z.string(), z.number()),
  })),
});
export type AgentStatus = z.output<typeof agentStatus>;

export const logLevelState = z.object({ level: logLevel });
export type LogLevelState = z.output<typeof logLevelState>;
export const logLevelChange = z.strictObject({ level: logLevel });

export const reloadReport = z.object({
  file: z.nullable(z.string()),
  applied: z.array(z.string().check(z.describe("A key whose new value is in force."))),
  needsRestart: z.array(z.string().check(z.describe("A changed key that takes effect at the next start."))),
  warnings: z.array(z.string()),
});
export type ReloadReport = z.output<typeof reloadReport>;

export const stopRequest = z.strictObject({
  timeoutMs: z.optional(z.number().check(z.gte(0), z.lte(3_600_000))),
  withProcesses: z.optional(z.boolean().check(z.describe("Whether the supervised processes are stopped as well."))),
});
export type StopRequest = z.output<typeof stopRequest>;

export const stopReport = z.object({
  components: z.array(componentReport).check(
    z.describe("How each one ended: stopped, or failed with the reason why it did not."),
  ),
  processes: z.optional(z.object({
    left: z.number().check(z.describe("How many supervised processes go on running without the agent.")),
    stopped: z.number(),
    unstopped: z.array(z.string().check(z.describe("The id of one that was to be stopped and would not."))),
  })),
});
export type StopReport = z.output<typeof stopReport>;

/**
 * protocol (L1): what the parts of Farhand say to each other over HTTP, as zod schemas: the agent's control API, which
 * the command line calls over the local socket and the manager through the tunnel. Both ends import the same schema.
 *
 * Nothing here has a lifecycle; everything is a value.
 *
 * To add one more message: a schema in the file of its API, with a `description` on what is not plain from its name,
 * and the type inferred from it. Add fields as optional once a version has been released; never change a meaning.
 *
 * May import: core; zod.
 *
 * @module
 */
export * from "./files/files.ts";
export * from "./files/uploads.ts";
export * from "./manager/access.ts";
export * from "./manager/console.ts";
export * from "./manager/hosts.ts";
export * from "./manager/live.ts";
export * from "./manager/people.ts";
export * from "./manager/recordings.ts";
export * from "./manager/settings.ts";
export * from "./manager/settings_order.ts";
export * from "./manager/status.ts";
export * from "./manager/tasks.ts";
export * from "./manager/terminals.ts";
export * from "./manager/worker.ts";
export * from "./samples/api.ts";
export * from "./samples/cpu.ts";
export * from "./samples/custom.ts";
export * from "./samples/disk.ts";
export * from "./samples/host.ts";
export * from "./samples/load.ts";
export * from "./samples/memory.ts";
export * from "./samples/network.ts";
export * from "./samples/processes.ts";
export * from "./supervisor/events.ts";
export * from "./supervisor/heartbeats.ts";
export * from "./supervisor/log_search.ts";
export * from "./supervisor/search_limits.ts";
export * from "./supervisor/logs.ts";
export * from "./supervisor/processes.ts";
export * from "./terminal/frame_codec.ts";
export * from "./terminal/frames.ts";
export * from "./terminal/terminals.ts";
export * from "./tunnel/wire.ts";
export * from "./uplink/caller_header.ts";
export * from "./uplink/enrol.ts";
export * from "./uplink/exec.ts";
export * from "./uplink/handshake.ts";
export * from "./uplink/reports.ts";
export * from "./uplink/route_access.ts";
export * from "./uplink/tasks.ts";
export {
  type AgentStatus,
  agentStatus,
  type ComponentReport,
  componentReport,
  type HealthReport,
  healthReport,
  logLevelChange,
  type LogLevelState,
  logLevelState,
  type ManagerLink,
  managerLink,
  type ReloadReport,
  reloadReport,
  type StopReport,
  stopReport,
  type StopRequest,
  stopRequest,
} from "./control.ts";

/**
 * manager/hub (L3): the manager's side of every host: who is let in, one live connection for each, how each is doing, what
 * hosts report, and requests to them through their tunnels.
 *
 *   handshake/   a new WebSocket until it is a host's or has gone; limits before anybody has proved who he is
 *   arrivals.ts  who is believed to be which host, and what becomes of a second one
 *   presence/    the states of section 8 of the design as a pure policy, and the shell that tells of changes
 *   reports/     the small API that hosts report to; who reports is known by the session alone
 *   hosts/       what is held of each host, the views of it, and what is written down and when
 *   enrolment.ts, workers.ts   how hosts come to be: with a join token and a key, or by the fallback's heartbeats
 *   reach.ts     requests to hosts
 *
 * Lifecycle: one component, `hub`, with one timer for all hosts (ticker.ts). Its start reads hosts and processes; what was
 * online is then unknown until there is contact. `drain` sends the hosts away in good time before the stop. When the
 * stop resolves all connections are closed, and what was known is in the store.
 *
 * A heartbeat writes nothing: changes of state are collected and written together (hosts/record_writer.ts).
 *
 * To add one more report of hosts: its path and schema in protocol/uplink/reports.ts, a line in reports/report_app.ts.
 *
 * May import: core, log, platform, protocol, tunnel, lifecycle.
 *
 * @module
 */
export type { OpenTunnel } from "./arrivals.ts";
export type { DoorwayLimits } from "./handshake/doorway.ts";
export type { ChangeListener } from "./hosts/directory.ts";
export { Hub, type HubReport } from "./hub.ts";
export type { HubOptions } from "./options.ts";
export type {
  EventsPort,
  HostChange,
  HostRecord,
  HostStorePort,
  HubPorts,
  HubSettings,
  JoinTokenFacts,
  JoinTokensPort,
  ProcessRecord,
  ProcessStorePort,
  SamplesPort,
  SettingsPort,
  TasksPort,
} from "./ports.ts";
export type { Timing } from "./presence/timing.ts";
export type { ReachOptions } from "./reach.ts";
export type { WorkerSettings } from "./workers.ts";

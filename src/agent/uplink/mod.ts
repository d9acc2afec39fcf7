/**
 * agent/uplink (L3): the connection to the manager, which this host makes and the manager then uses: the manager's requests
 * come through it to the agent's own control API, as far as the host's `policy` lets them, and the host tells through
 * it how it does.
 *
 * Lifecycle: the component `uplink` keeps one connection, or tries to, until it stops. `connector.ts` makes one: identity,
 * enrolment, certificate, handshake; `link.ts` is one, with what is told through it; `reconnect.ts` and `liveness.ts`
 * decide when, and are pure; `gate.ts` is what the manager may ask for. Only an agent with `manager.address` reads any
 * of it.
 *
 * To add one more report: its path and schema in protocol/uplink/reports.ts, its sender beside `event_reporter.ts`, a line
 * in `link.ts`. One more route that the manager may call: protocol/uplink/route_access.ts.
 *
 * May import: core, log, config, protocol, platform, lifecycle, http, tunnel.
 *
 * @module
 */
export { managerAddresses } from "./addresses.ts";
export { isManager, policyGate, type PolicyGateOptions } from "./gate.ts";
export type { ProcessesPort, SamplesPort, SettingsPort, UplinkPorts } from "./ports.ts";
export { type ManagerProbe, probeManager } from "./probe.ts";
export { Uplink, type UplinkOptions } from "./uplink.ts";

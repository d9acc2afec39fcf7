/**
 * manager/api (L3): what people, scripts and hosts may ask of the manager over HTTP: `/api/v1`, its live WebSocket, the way
 * through a tunnel to a host's own control API, enrolment and the tunnels' entrance, metrics, and its own description.
 *
 * Lifecycle: `new ManagerApi(ports, options)` makes the routes; `app({gate})` makes the app of one address, one with auth's
 * gate and one for the control socket. The component `api` ends what was opened to last; where it depends on the servers
 * it stops before them, so that they find nothing left to wait for.
 *
 * How it is laid out: `guard/` is how a route comes to be: whoever may not use it is turned away before its body is waited
 * for, and what changes something is audited. `routes/` are those of one subject each, `listing/` pages and filters of
 * lists, `events/` and `live/` what is told as it happens, `remote/` what goes to hosts, `metrics/` and `docs/` what they
 * say. Everything that lasts is looked after by `guard/lasting_access.ts`, which ends it with its caller's permission.
 *
 * To add one more route: its schema in protocol/manager; in `routes/` with a method of `RouteMaker`: `verb` or `host` with
 * the verb that it needs, `open` only for what everybody may (and then also in the list of the test that names them). What
 * changes something says how it stands in the audit. Its port, if it needs another part, in ports.ts.
 *
 * May import: core, log, protocol, platform, lifecycle, http.
 *
 * @module
 */
export { Allowances } from "./guard/allowances.ts";
export type { Guard, ManagerRoute } from "./guard/route_spec.ts";
export { ManagerApi, type ManagerApiOptions, type ManagerAppOptions, type ManagerFetch } from "./manager_api.ts";
export type { MetricsOptions } from "./metrics/metrics_routes.ts";
export type * from "./ports.ts";
export type * from "./terminal_ports.ts";
export { securityHeaders } from "./security_headers.ts";

/**
 * agent/control (L3): the control API of this host's agent, the same for the command line, which comes by the control
 * socket, and for the manager, which comes through the tunnel.
 *
 * Lifecycle: `control-socket` starts first and stops last, so that a starting or stopping agent can already, and still,
 * be asked; `control-listen` serves the same API on TCP where the config asks for it.
 *
 * To add one more route: in `routes.ts` when it is about the agent as a whole; otherwise in the part that owns the
 * matter, whose routes compose.ts joins to these.
 *
 * May import: core, log, protocol, platform, http.
 *
 * @module
 */
export type { ControlPorts } from "./ports.ts";
export { controlRoutes } from "./routes.ts";
export { createControlListen, createControlSocket } from "./servers.ts";

/**
 * agent/exec (L3): runs one command for whoever may ask for it: this host's owner, or the manager where `policy.exec`
 * lets it. A command gets a clean environment and a session of its own; its tree is ended when its time is over, when
 * its caller leaves and when the agent stops. What a command that has ended by itself left running is left alone.
 *
 * Lifecycle: the component `exec` does nothing until a command is asked for, and ends those that run when it stops.
 *
 * `commands.ts` bounds how many run, `command_process.ts` is one of them, `routes.ts` and `exec_stream.ts` answer.
 * To add one more thing that can be said of a command: protocol/uplink/exec.ts, then `command_process.ts`.
 *
 * May import: core, log, protocol, platform, lifecycle, http.
 *
 * @module
 */
export { Commands, type CommandsOptions } from "./commands.ts";
export { execRoutes } from "./routes.ts";

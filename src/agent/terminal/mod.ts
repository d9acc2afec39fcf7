/**
 * agent/terminal (L3): shells that people open on this host from far away. A terminal lives here whoever looks at it: it keeps
 * what it has printed last, so that who comes back after a broken network goes on where he was. Several may look at
 * one, and those who came to control it may all type; the last of these decides its size and the speed of its output,
 * and everybody else is shown as much as he can take. It ends when its shell does, when somebody ends it, when nobody has come
 * back for a while, when it was idle or open for too long, and when the agent stops; except for the first, everything in
 * its session is then ended with it.
 *
 * Lifecycle: the component `terminal` does nothing until a terminal is asked for, and ends those that are open when it
 * stops. It must stop before what carries its streams, so that their guests are told.
 *
 * `terminals.ts` has them all and bounds them; `session.ts` is one of them, `guest.ts` one who is attached. `byte_ring.ts`,
 * `guest_flow.ts`, `guest_window.ts`, `frames.ts`, `lifespan.ts` and `title_reader.ts` are pure; `shell_plan.ts` says what is run, `ending.ts`
 * ends it, `system.ts` is this host. To add one more frame: protocol/terminal/frames.ts, then `guest.ts`.
 *
 * May import: core, log, config, protocol, platform, lifecycle, http, tunnel.
 *
 * @module
 */
export { terminalRoutes } from "./routes.ts";
export { Terminals, type TerminalsOptions } from "./terminals.ts";

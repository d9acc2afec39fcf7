/**
 * agent (L4, its parts L3): the program as it runs on a host. `compose.ts` is the one place that knows all parts and
 * hands each what it needs; the parts never import each other.
 *
 * Lifecycle: `runAgent` registers every part's component with one lifecycle manager, starts them, and returns the exit
 * code when the agent was told to stop, by a signal or through its control API.
 *
 * To add one more part: a folder with its own `mod.ts` and, for what it needs of others, `ports.ts`; register its
 * component and join its routes in `compose.ts`; if some of its config can change while running, a line in `liveKeys`.
 *
 * May import: everything but cli; a part may import core, log, config, protocol, platform, lifecycle and http.
 *
 * @module
 */
export { runAgent, type RunOptions } from "./run.ts";
export { diagnoseAgent } from "./diagnose.ts";
export type { Finding } from "./doctor/mod.ts";

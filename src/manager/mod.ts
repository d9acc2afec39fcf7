/**
 * manager (L4, its parts L3): the control plane, to which agents dial in. `compose.ts` is the one place that knows all
 * parts and hands each what it needs (`compose_parts.ts` what the manager knows and does, `compose_serving.ts` by what
 * addresses it is asked); the parts never import each other.
 *
 * Lifecycle: `runManager` registers every part's component with one lifecycle manager, starts them, and returns the exit
 * code when the manager was told to stop, by a signal or through its control socket.
 *
 * To add one more part: a folder with its own `mod.ts` and, for what it needs of others, `ports.ts`; make it and name its
 * component in `compose_parts.ts`; if some of its config can change while running, a line in `reload.ts`.
 *
 * May import: everything but cli and agent; a part may import core, log, config, protocol, platform, lifecycle, http,
 * tunnel, database and program.
 *
 * @module
 */
export { runManager, type RunOptions } from "./run.ts";

/**
 * program (L2): what the agent and the manager have in common as programs: a run until a signal or somebody's word ends
 * it, a log, one instance for each directory, a config that is read again.
 *
 * Lifecycle: `runProgram` lasts as long as the program does; it opens the log before anything else and closes it last.
 * `createInstance` gives a component, `instance`, on which every other depends.
 *
 * To add one more program: its words in `words.ts`, and a `Program` where its parts are put together. To add one more
 * mark of the running instance: to its component, never to a second one, so that all come and go together.
 *
 * May import: core, log, config, platform, protocol.
 *
 * @module
 */
export { createInstance, type InstanceOptions } from "./instance.ts";
export { createReloader, type LiveKey, type Reloader, type ReloaderOptions } from "./reload.ts";
export {
  type ComposeInput,
  type Program,
  type ProgramParts,
  type ProgramPlace,
  type RunOptions,
  runProgram,
} from "./run.ts";
export { AGENT, MANAGER, type ProgramWords } from "./words.ts";

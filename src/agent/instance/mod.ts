/**
 * agent/instance (L3): makes this process the only agent on its work directory, and says so in the pid file.
 *
 * Lifecycle: one component, `instance`, on which every other depends; program/ has it for agent and manager alike.
 *
 * To add one more mark of the running instance: to that component, never to a second one, so that all come and go together.
 *
 * May import: program, log.
 *
 * @module
 */
import type { Logger } from "../../log/mod.ts";
import { AGENT, createInstance as createProgramInstance } from "../../program/mod.ts";

export interface InstanceOptions {
  readonly workDir: string;
  readonly pidFile: string;
  readonly log: Logger;
}

export function createInstance({ workDir, pidFile, log }: InstanceOptions) {
  return createProgramInstance({ words: AGENT, dir: workDir, pidFile, log });
}

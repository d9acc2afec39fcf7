import { systemClock } from "../core/mod.ts";
import type { Config } from "../config/mod.ts";
import { AGENT, type Program, type RunOptions as ProgramRunOptions, runProgram } from "../program/mod.ts";
import { composeAgent, rateLimitOf } from "./compose.ts";

export type RunOptions = ProgramRunOptions<Config>;

/**
 * Runs the agent until it is told to stop; gives the code to exit with. A failure to start is thrown, after everything
 * that had started was stopped.
 */
export function runAgent(options: RunOptions): Promise<number> {
  return runProgram(AGENT_PROGRAM, options);
}

const AGENT_PROGRAM: Program<Config> = {
  words: AGENT,
  placeOf(config) {
    const { level, file, max_size: maxSize, max_files: maxFiles } = config.agent.log;
    const log = { level, file, maxBytes: maxSize.bytes, keep: maxFiles - 1, rateLimit: rateLimitOf(config) };
    return { dir: config.agent.work_dir, log };
  },
  compose(input) {
    const { lifecycle, reloader } = composeAgent({ ...input, clock: systemClock });
    return {
      start: (signal) => lifecycle.start(signal),
      stop: (options) => lifecycle.stop(options),
      reload: () => reloader.reload(),
      stopTimeoutMs: () => reloader.current().config.agent.stop_timeout.ms,
      readyFields() {
        const { socket, listen } = input.loaded.config.agent.control;
        return { socket, ...(listen === "" ? {} : { listen }) };
      },
    };
  },
};

import { messageOf, systemClock } from "../core/mod.ts";
import type { ManagerConfig } from "../config/mod.ts";
import {
  MANAGER,
  type Program,
  type ProgramParts,
  type RunOptions as ProgramRunOptions,
  runProgram,
} from "../program/mod.ts";
import { composeManager, type ComposeOptions } from "./compose.ts";
import { openFileLimit } from "../platform/mod.ts";
import { placeOf } from "./run_place.ts";

export interface RunOptions extends ProgramRunOptions<ManagerConfig> {
  /** Called once it is ready with the one-time link for the first admin, while there is no user. */
  readonly onSetupLink: (link: string) => void;
}

/** How much of the time for a stop may go into telling the hosts. */
const MOST_OF_STOP = 0.5;
const LEAST_STOP_MS = 1_000;

/**
 * Runs the manager until it is told to stop; gives the code to exit with. A failure to start is thrown, after everything
 * that had started was stopped.
 */
export function runManager({ onSetupLink, ...options }: RunOptions): Promise<number> {
  const program: Program<ManagerConfig> = {
    words: MANAGER,
    placeOf,
    compose: (input) => partsOf({ ...input, clock: systemClock }, onSetupLink),
  };
  return runProgram(program, options);
}

function partsOf(input: ComposeOptions, onSetupLink: RunOptions["onSetupLink"]): ProgramParts {
  const { lifecycle, reloader, drain, url, setupLink } = composeManager(input);
  let isStopping = false;
  return {
    async start(signal) {
      tellOfFewFiles(input);
      await lifecycle.start(signal);
      const link = await setupLink();
      if (link !== null) onSetupLink(link);
    },
    async stop({ timeoutMs }) {
      // Whoever asks a second time is in a hurry.
      if (isStopping) return await lifecycle.stop({ timeoutMs });
      isStopping = true;
      const beganMs = systemClock.monotonicMs();
      await drain(timeoutMs * MOST_OF_STOP).catch((error) => {
        input.log.warn("hosts were not told that the manager stops", { reason: messageOf(error) });
      });
      const leftMs = timeoutMs - (systemClock.monotonicMs() - beganMs);
      return await lifecycle.stop({ timeoutMs: Math.max(LEAST_STOP_MS, leftMs) });
    },
    reload: () => reloader.reload(),
    stopTimeoutMs: () => reloader.current().config.stop_timeout.ms,
    readyFields: () => ({ url: url(), socket: input.loaded.config.control.socket }),
  };
}

/** Better told at the start than found out when the thousandth host cannot connect. */
function tellOfFewFiles({ loaded, log }: ComposeOptions): void {
  const limit = openFileLimit();
  const { max_sessions: maxSessions } = loaded.config.hosts;
  if (limit === null || limit.soft >= maxSessions) return;
  log.warn("fewer files may be open than hosts.max_sessions needs; raise the limit (LimitNOFILE, ulimit -n)", {
    limit: limit.soft,
    maxSessions,
  });
}

import type { Clock } from "../../core/mod.ts";
import type { Config } from "../../config/mod.ts";
import type { Logger } from "../../log/mod.ts";

/** The parts of the config that concern the supervisor. */
export type SupervisedConfig = Pick<Config, "supervisor" | "processes" | "process_defaults">;

export interface SupervisorOptions {
  readonly config: SupervisedConfig;
  /** Whose files no process may take. */
  readonly agent: Config["agent"];
  readonly workDir: string;
  /** Where the output of processes goes. */
  readonly logDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
  /** Told when something is wrong with the supervisor itself or with its processes, and null when nothing is. */
  readonly onTrouble: (reason: string | null) => void;
}

/** What is left when an agent leaves. */
export interface Left {
  readonly left: number;
  readonly stopped: number;
  readonly unstopped: string[];
}

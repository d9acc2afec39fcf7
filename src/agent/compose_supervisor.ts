import { dirname } from "node:path";
import type { Config } from "../config/mod.ts";
import type { Clock } from "../core/mod.ts";
import type { Lifecycle } from "../lifecycle/mod.ts";
import type { Logger } from "../log/mod.ts";
import { Supervisor } from "./supervisor/mod.ts";

export interface SupervisorSurroundings {
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly clock: Clock;
}

export function composeSupervisor(config: Config, { lifecycle, log, clock }: SupervisorSurroundings): Supervisor {
  const { agent } = config;
  return new Supervisor({
    config,
    agent,
    workDir: agent.work_dir,
    logDir: dirname(agent.log.file),
    clock,
    log,
    onTrouble(reason) {
      if (reason === null) lifecycle.report("supervisor", "ok");
      else lifecycle.report("supervisor", "degraded", reason);
    },
  });
}

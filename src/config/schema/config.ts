import type * as z from "zod/mini";
import { agentSection, type ConfigDefaults } from "./agent.ts";
import { collectorsSection } from "./collectors.ts";
import { filesSection } from "./files.ts";
import { managerSection } from "./manager.ts";
import { metricsSection } from "./metrics.ts";
import { policySection } from "./policy.ts";
import { processDefaultsSection, processesSection } from "./processes.ts";
import { supervisorSection } from "./supervisor.ts";
import { terminalSection } from "./terminal.ts";
import { updateSection } from "./update.ts";
import { mapping } from "./values.ts";

/** The schema of a whole config. */
export function configSchema(defaults: ConfigDefaults) {
  return mapping({
    agent: agentSection(defaults),
    manager: managerSection(),
    collectors: collectorsSection(),
    metrics: metricsSection(),
    supervisor: supervisorSection(),
    processes: processesSection(),
    process_defaults: processDefaultsSection(),
    terminal: terminalSection(),
    files: filesSection(),
    update: updateSection(),
    policy: policySection(),
  });
}

/** The effective configuration: complete, typed, with absolute paths. */
export type Config = z.output<ReturnType<typeof configSchema>>;
export type ProcessConfig = Config["processes"][number];
export type SupervisorConfig = Config["supervisor"];

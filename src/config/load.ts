import type { AppError } from "../core/mod.ts";
import { parseEndpoint } from "./endpoint.ts";
import type { ConfigKind } from "./kind.ts";
import { inheritAgentKeys } from "./layers.ts";
import { isLegacy, translateLegacy } from "./legacy.ts";
import { loadAs, type Loaded, type LoadOptions, locateAs } from "./load_as.ts";
import { managerLayer } from "./manager_layer.ts";
import { brokenRules } from "./rules.ts";
import { type Config, configSchema } from "./schema/config.ts";

export type { LoadOptions } from "./load_as.ts";
export type LoadedConfig = Loaded<Config>;

const AGENT_CONFIG: ConfigKind<ReturnType<typeof configSchema>> = {
  words: {
    program: "agent",
    envPrefix: "AGENT_",
    exampleSet: "agent.log.level=debug",
    schemaCommand: "agent config schema",
  },
  files: {
    dir: ["agent", "work_dir"],
    pidFile: ["agent", "pid_file"],
    logFile: ["agent", "log", "file"],
    socket: ["agent", "control", "socket"],
  },
  schema: configSchema,
  translate: (root, keys) => isLegacy(root) ? translateLegacy(root, keys) : null,
  settings: managerLayer,
  complete: inheritAgentKeys,
  rules: brokenRules,
};

/** Loads the agent's effective configuration, or throws `invalid_config` with everything that is wrong with it. */
export function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  return loadAs(AGENT_CONFIG, options);
}

/** Where an agent's files are, as far as the configuration lets it be told. */
export interface AgentLocation {
  readonly workDir: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly socket: string;
  /** The control API's TCP address, or "". */
  readonly listen: string;
  /** The config file, or null when there is none. */
  readonly file: string | null;
  /** What is wrong with the configuration, or null. */
  readonly error: AppError | null;
}

/** Finds a running agent even by a config that has become wrong, so that it can still be asked and stopped. */
export async function locateAgent(options: LoadOptions): Promise<AgentLocation> {
  const { dir, textOf, ...location } = await locateAs(AGENT_CONFIG, options);
  const listen = textOf(["agent", "control", "listen"]);
  return { workDir: dir, ...location, listen: parseEndpoint(listen) === null ? "" : listen };
}

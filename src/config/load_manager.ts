import type { ConfigKind } from "./kind.ts";
import { loadAs, type Loaded, type LoadOptions, locateAs, type Location } from "./load_as.ts";
import { mapNode } from "./node.ts";
import { managerRules } from "./rules/server_rules.ts";
import { type ManagerConfig, managerConfigSchema } from "./schema/server/manager.ts";

export type LoadedManagerConfig = Loaded<ManagerConfig>;
export type ManagerLocation = Omit<Location, "textOf">;

const MANAGER_CONFIG: ConfigKind<ReturnType<typeof managerConfigSchema>> = {
  words: {
    program: "manager",
    envPrefix: "MANAGER_",
    exampleSet: "log.level=debug",
    schemaCommand: "agent manager config schema",
  },
  files: { dir: ["data_dir"], pidFile: ["pid_file"], logFile: ["log", "file"], socket: ["control", "socket"] },
  schema: managerConfigSchema,
  translate: () => null,
  settings: () => ({ root: mapNode([], { path: "", origin: { kind: "default" } }), warnings: [] }),
  complete: (root) => root,
  rules: managerRules,
};

/** Loads the manager's effective configuration, or throws `invalid_config` with everything that is wrong with it. */
export function loadManagerConfig(options: LoadOptions): Promise<LoadedManagerConfig> {
  return loadAs(MANAGER_CONFIG, options);
}

/** Finds a running manager even by a config that has become wrong. */
export async function locateManager(options: LoadOptions): Promise<ManagerLocation> {
  const { textOf: _, ...location } = await locateAs(MANAGER_CONFIG, options);
  return location;
}

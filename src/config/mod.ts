/**
 * config (L1): from a YAML file, the environment and flags to one typed, checked configuration.
 *
 * Lifecycle: none. `loadConfig` reads, checks and returns; a reload is a second call compared with the first by
 * `configDifference`. The layers are defaults < file < environment < flags < the manager's settings. Each becomes a
 * tree of nodes that know their origin (node.ts, yaml_source.ts, environment.ts, flags.ts); layers.ts merges them,
 * the zod schema checks the result, and issues.ts and rules.ts word what is wrong with the user's own line and key.
 *
 * To add one more key: one line in schema/<section>.ts with its default and description, one commented line in
 * configs/agent.yaml, and `deno task gen` for the JSON schema; its environment variable, its flag and its place in
 * `agent config show` follow from the schema. To add a section: a file in schema/ and a line in schema/config.ts.
 * A rule that concerns several keys goes into rules/, and its line into rules.ts. May import: core.
 *
 * @module
 */
export { checkDynamicSettings, type SettingProblem } from "./dynamic_settings.ts";
export { editedConfig, type Edits } from "./edit.ts";
export { type Endpoint, isLoopback, parseEndpoint } from "./endpoint.ts";
export type { FlagOverride, Flags } from "./flags.ts";
export { configJsonSchema, managerJsonSchema } from "./json_schema.ts";
export { type KeptSettings, keptSettingsPath, loadManagedConfig, readKeptSettings } from "./kept_settings.ts";
export { type AgentLocation, loadConfig, type LoadedConfig, type LoadOptions, locateAgent } from "./load.ts";
export type { Loaded } from "./load_as.ts";
export { type LoadedManagerConfig, loadManagerConfig, locateManager, type ManagerLocation } from "./load_manager.ts";
export type { Origin } from "./node.ts";
export { parseProcess, type ProcessCompany } from "./parse_process.ts";
export { originText, type ProblemDetails } from "./problem.ts";
export { readProcessItems } from "./process_items.ts";
export { type ConfigDefaults, LOG_LEVELS } from "./schema/agent.ts";
export type { Config, ProcessConfig, SupervisorConfig } from "./schema/config.ts";
export { ENV_NAME } from "./schema/free_map.ts";
export { type ListenUrl, parseListenUrl } from "./schema/server/listen.ts";
export type { ManagerConfig } from "./schema/server/manager.ts";
export { type SettableKey, settableKeys } from "./settable_keys.ts";
export { configDifference, type ConfigEntry, effectiveEntries, redactedTree, redactedYaml } from "./show.ts";
export { fillTemplate, type Replica, replicaOf, type TemplateWords } from "./template.ts";
export {
  type HostPort,
  isWeb,
  parseHostPort,
  parseServer,
  parseUrl,
  patternOf,
  shownTarget,
  watchProblem,
} from "./watch_target.ts";

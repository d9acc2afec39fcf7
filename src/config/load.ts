import * as z from "zod/mini";
import type { AppError } from "../core/mod.ts";
import { parseEndpoint } from "./endpoint.ts";
import { environmentLayer } from "./environment.ts";
import { type FileLayer, fileLayer } from "./file_layer.ts";
import { flagLayer, type Flags } from "./flags.ts";
import { issueProblems } from "./issues.ts";
import { completeTree, dropEmptySections, mergeNodes } from "./layers.ts";
import { leavesOf, pathText } from "./leaves.ts";
import { managerLayer } from "./manager_layer.ts";
import { type MapNode, nodeAt, type Origin, type Path, textAt, toPlain } from "./node.ts";
import { configError, type Problem, problemText } from "./problem.ts";
import { brokenRules } from "./rules.ts";
import type { ConfigDefaults } from "./schema/agent.ts";
import { type Config, configSchema } from "./schema/config.ts";
import { type SchemaKey, schemaKeys } from "./schema_keys.ts";

export interface LoadOptions {
  /** The config file, or null for none. */
  readonly file: string | null;
  /** False when the file may be absent, as the one at the default place may. */
  readonly fileRequired: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly flags?: Flags;
  readonly defaults: ConfigDefaults;
  /** The manager's settings, which win over everything else. */
  readonly dynamic?: Readonly<Record<string, unknown>>;
  /** What relative paths count from; the current directory when absent. */
  readonly cwd?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read, or null when there was none. */
  readonly file: string | null;
  /** True when the file is one of the old Go daemon and was translated. */
  readonly legacy: boolean;
  /** Where each value came from, by key path; a key that is not in it has its default. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** What is odd but not wrong, one line each. */
  readonly warnings: readonly string[];
}

/** Loads the effective configuration, or throws `invalid_config` with everything that is wrong with it. */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const checked = check(await gather(options));
  if ("error" in checked) throw checked.error;
  return checked.loaded;
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
  const gathered = await gather(options);
  const checked = check(gathered);
  const { defaults } = options;
  const textOr = (fallback: string, path: Path) => textAt(gathered.root, ["agent", ...path]) || fallback;
  const listen = textOr("", ["control", "listen"]);
  return {
    workDir: textOr(defaults.workDir, ["work_dir"]),
    pidFile: textOr(defaults.pidFile, ["pid_file"]),
    logFile: textOr(defaults.logFile, ["log", "file"]),
    socket: textOr(defaults.socket, ["control", "socket"]),
    listen: parseEndpoint(listen) === null ? "" : listen,
    file: gathered.file,
    error: "error" in checked ? checked.error : null,
  };
}

/** All layers in one tree, with what was wrong on the way. */
interface Gathered extends FileLayer {
  readonly schema: ReturnType<typeof configSchema>;
  readonly keys: SchemaKey;
  readonly defaults: ConfigDefaults;
}

async function gather(options: LoadOptions): Promise<Gathered> {
  const { defaults, dynamic = {}, cwd = Deno.cwd() } = options;
  const schema = configSchema(defaults);
  const keys = schemaKeys(schema);
  const file = await fileLayer(options.file, options.fileRequired, keys);
  const environment = environmentLayer(options.env, keys);
  const flags = flagLayer(options.flags ?? {}, keys);
  const manager = managerLayer(dynamic);
  const merged = [environment.root, flags.root, manager.root]
    .reduce((below, layer) => mergeNodes(below, dropEmptySections(layer, keys)), file.root);
  return {
    ...file,
    root: completeTree(merged, keys, defaults, cwd),
    problems: [...file.problems, ...environment.problems, ...flags.problems],
    warnings: [...file.warnings, ...environment.warnings, ...manager.warnings],
    schema,
    keys,
    defaults,
  };
}

type Checked = { readonly error: AppError } | { readonly loaded: LoadedConfig };

function check({ file, legacy, root, schema, keys, defaults, ...gathered }: Gathered): Checked {
  // Complaints about the half of a file that could be read would only distract from why the rest could not.
  if (gathered.partial) return { error: configError(file, gathered.problems) };
  const parsed = z.safeParse(schema, toPlain(root));
  const issues = parsed.success ? [] : issueProblems(parsed.error.issues, root, keys);
  const problems: Problem[] = [...gathered.problems, ...issues, ...brokenRules(root, keys, defaults)];
  if (!parsed.success || problems.length > 0) return { error: configError(file, problems) };
  const warnings = gathered.warnings.map(problemText);
  return { loaded: { config: parsed.data, file, legacy, origins: originsOf(parsed.data, root), warnings } };
}

function originsOf(config: Config, root: MapNode): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const { path } of leavesOf(config)) {
    const origin = nodeAt(root, path)?.origin;
    if (origin !== undefined) origins.set(pathText(path), origin);
  }
  return origins;
}

import * as z from "zod/mini";
import type { AppError } from "../core/mod.ts";
import { environmentLayer } from "./environment.ts";
import { type FileLayer, fileLayer } from "./file_layer.ts";
import { flagLayer, type Flags } from "./flags.ts";
import { issueProblems } from "./issues.ts";
import type { ConfigKind } from "./kind.ts";
import { completeTree, dropEmptySections, mergeNodes } from "./layers.ts";
import { leavesOf, pathText } from "./leaves.ts";
import { type MapNode, nodeAt, type Origin, type Path, textAt, toPlain } from "./node.ts";
import { configError, type Problem, problemText } from "./problem.ts";
import type { ConfigDefaults } from "./schema/agent.ts";
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

export interface Loaded<C> {
  readonly config: C;
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
export async function loadAs<S extends z.ZodMiniType<object>>(
  kind: ConfigKind<S>,
  options: LoadOptions,
): Promise<Loaded<z.output<S>>> {
  const checked = check(kind, await gather(kind, options));
  if ("error" in checked) throw checked.error;
  return checked.loaded;
}

/** Where a program's files are, as far as the configuration lets it be told. */
export interface Location {
  readonly dir: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly socket: string;
  /** The config file, or null when there is none. */
  readonly file: string | null;
  /** What is wrong with the configuration, or null. */
  readonly error: AppError | null;
  /** The text of a key, or "" where it is not set. */
  textOf(path: Path): string;
}

/** Finds a running program even by a config that has become wrong, so that it can still be asked and stopped. */
export async function locateAs<S extends z.ZodMiniType<object>>(
  kind: ConfigKind<S>,
  options: LoadOptions,
): Promise<Location> {
  const gathered = await gather(kind, options);
  const checked = check(kind, gathered);
  const { defaults } = options;
  const textOf = (path: Path) => textAt(gathered.root, path) ?? "";
  return {
    dir: textOf(kind.files.dir) || defaults.workDir,
    pidFile: textOf(kind.files.pidFile) || defaults.pidFile,
    logFile: textOf(kind.files.logFile) || defaults.logFile,
    socket: textOf(kind.files.socket) || defaults.socket,
    file: gathered.file,
    error: "error" in checked ? checked.error : null,
    textOf,
  };
}

/** All layers in one tree, with what was wrong on the way. */
interface Gathered<S> extends FileLayer {
  readonly schema: S;
  readonly keys: SchemaKey;
  readonly defaults: ConfigDefaults;
}

async function gather<S extends z.ZodMiniType<object>>(
  kind: ConfigKind<S>,
  options: LoadOptions,
): Promise<Gathered<S>> {
  const { defaults, dynamic = {}, cwd = Deno.cwd() } = options;
  const schema = kind.schema(defaults);
  const keys = schemaKeys(schema);
  const file = await fileLayer(options.file, options.fileRequired, keys, kind);
  const environment = environmentLayer(options.env, keys, kind.words.envPrefix);
  const flags = flagLayer(options.flags ?? {}, keys, kind.words);
  const settings = kind.settings(dynamic);
  const merged = [environment.root, flags.root, settings.root]
    .reduce((below, layer) => mergeNodes(below, dropEmptySections(layer, keys)), file.root);
  return {
    ...file,
    root: completeTree(merged, keys, { complete: kind.complete, files: kind.files, defaults, cwd }),
    problems: [...file.problems, ...environment.problems, ...flags.problems],
    warnings: [...file.warnings, ...environment.warnings, ...settings.warnings],
    schema,
    keys,
    defaults,
  };
}

type Checked<C> = { readonly error: AppError } | { readonly loaded: Loaded<C> };

function check<S extends z.ZodMiniType<object>>(
  { rules }: ConfigKind<S>,
  { file, legacy, root, schema, keys, defaults, ...gathered }: Gathered<S>,
): Checked<z.output<S>> {
  // Complaints about the half of a file that could be read would only distract from why the rest could not.
  if (gathered.partial) return { error: configError(file, gathered.problems) };
  const parsed = z.safeParse(schema, toPlain(root));
  const issues = parsed.success ? [] : issueProblems(parsed.error.issues, root, keys);
  const problems: Problem[] = [...gathered.problems, ...issues, ...rules(root, keys, defaults)];
  if (!parsed.success || problems.length > 0) return { error: configError(file, problems) };
  const warnings = gathered.warnings.map(problemText);
  return { loaded: { config: parsed.data, file, legacy, origins: originsOf(parsed.data, root), warnings } };
}

function originsOf(config: object, root: MapNode): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const { path } of leavesOf(config)) {
    const origin = nodeAt(root, path)?.origin;
    if (origin !== undefined) origins.set(pathText(path), origin);
  }
  return origins;
}

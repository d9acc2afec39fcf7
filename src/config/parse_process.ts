import { isAbsolute } from "node:path";
import * as z from "zod/mini";
import { issueProblems } from "./issues.ts";
import { completeProcess, dropEmptySections, resolvePaths } from "./layers.ts";
import { fromPlain, isTooDeep, type MapNode, type Node, type Origin, toPlain } from "./node.ts";
import { plainValues } from "./plain_values.ts";
import { type Problem, processError } from "./problem.ts";
import { MAX_SOCKET_PATH_BYTES, onceEach, processRules } from "./rules.ts";
import { broken } from "./rules/broken_rule.ts";
import { dependencyRules } from "./rules/dependency_rules.ts";
import { impossibleNames } from "./rules/free_names.ts";
import { ProcessItem } from "./rules/process_item.ts";
import { togetherRules } from "./rules/together_rules.ts";
import type { Config, ProcessConfig } from "./schema/config.ts";
import { processItem } from "./schema/processes.ts";
import { childKey, type SchemaKey, schemaKeys } from "./schema_keys.ts";
import { inOneSpelling } from "./spelling.ts";
import { beginsWithPath } from "./template.ts";
import { shown } from "./yaml_source.ts";

/** What a process that comes by the API must fit in with. */
export interface ProcessCompany {
  /** `process_defaults` of the config in force: they hold for this process too. */
  readonly defaults: Config["process_defaults"];
  /** All other processes, those of the config included. */
  readonly others: readonly ProcessConfig[];
  /** The agent's own section, whose files no process may take. */
  readonly agent?: Config["agent"];
  /** The longest path, in bytes, that this system takes for a Unix socket; 107 when absent. */
  readonly maxSocketPathBytes?: number;
}

/** What the keys of its body are called in messages. */
const ROOT = "process";
const GIVEN: Origin = { kind: "api" };
const KNOWN: Origin = { kind: "default" };

/**
 * Checks one process as an item of `processes:` is checked, or throws `invalid_input` with everything that is wrong
 * with it. Its paths must be absolute: whoever asks does not know the agent's working directory.
 */
export function parseProcess(item: unknown, company: ProcessCompany): ProcessConfig {
  const { schema, keys } = checker();
  const given = readItem(item, keys);
  const shared = fromPlain(asRecord(plainValues(company.defaults)), KNOWN, "process_defaults");
  const absolute = resolvePaths(given, keys, "/");
  const full = completeProcess(absolute.kind === "map" ? absolute : given, shared);
  const parsed = z.safeParse(schema, toPlain(full));
  const issues = parsed.success ? [] : issueProblems(parsed.error.issues, full, keys);
  const problems = onceEach([...issues, ...relativePaths(given, keys), ...rules(full, shared, keys, company)]);
  if (!parsed.success || problems.length > 0) throw processError(problems);
  return parsed.data;
}

interface Checker {
  readonly schema: ReturnType<typeof processItem>;
  readonly keys: SchemaKey;
}

let lastChecker: WeakRef<Checker> | undefined;

/** To make a schema takes longer than to check a process by it, and to keep it takes memory: so as long as it is there. */
function checker(): Checker {
  const kept = lastChecker?.deref();
  if (kept !== undefined) return kept;
  const schema = processItem();
  const made = { schema, keys: schemaKeys(schema, ROOT) };
  lastChecker = new WeakRef(made);
  return made;
}

function readItem(item: unknown, keys: SchemaKey): MapNode {
  const isMapping = typeof item === "object" && item !== null && !Array.isArray(item);
  const wrong = isMapping ? isTooDeep(item) ? "is nested too deeply" : "" : "must be a mapping of keys to values";
  if (wrong !== "") throw processError([{ origin: GIVEN, path: ROOT, message: `${ROOT} ${wrong}`, hint: null }]);
  const node = dropEmptySections(fromPlain({ ...item as object }, GIVEN, ROOT), keys);
  const spelled = inOneSpelling(node, keys);
  return spelled.kind === "map" ? spelled : node;
}

function rules(full: MapNode, shared: MapNode, keys: SchemaKey, company: ProcessCompany): Problem[] {
  const { agent, others, maxSocketPathBytes = MAX_SOCKET_PATH_BYTES } = company;
  const item = new ProcessItem(full, shared);
  const companions = others.map((other) => new ProcessItem(companion(other), undefined));
  const agentWorkDir = agent?.work_dir ?? "/";
  const root = fromPlain(agent === undefined ? {} : asRecord(plainValues({ agent })), KNOWN);
  // The new one comes last where the later one of two is told of, and first where a cycle begins with the first.
  const together = [
    ...togetherRules([...companions, item], root, agentWorkDir),
    ...dependencyRules([item, ...companions]),
  ];
  return [
    ...impossibleNames(full, keys),
    ...together.filter(({ origin }) => origin === GIVEN),
    ...processRules(item, { agentWorkDir, maxSocketPathBytes }),
  ];
}

/** What one process has to do with others; without what it has not set, as there may be hundreds of them. */
function companion(process: ProcessConfig): MapNode {
  const { id, name, kind, replicas, port_base, work_dir, config_file, depends_on, socket_path, pid_strategy } = process;
  const { stdout, stderr, merge, discard } = process.log;
  const { pid_file } = process.match;
  const own = { name, kind, replicas, port_base, work_dir, config_file, depends_on, socket_path, pid_strategy };
  const plain = { id, ...set(own), log: set({ stdout, stderr, merge, discard }), match: set({ pid_file }) };
  return fromPlain(plain, KNOWN, `process '${id}'`);
}

function set(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) =>
      Array.isArray(value) ? value.length > 0 : value !== "" && value !== 0 && value !== false
    ),
  );
}

function relativePaths(node: Node, key: SchemaKey): Problem[] {
  if (node.kind === "list") {
    const { item } = key;
    return item === null ? [] : node.items.flatMap((child) => relativePaths(child, item));
  }
  if (node.kind === "map") {
    return [...node.entries].flatMap(([name, child]) => {
      const known = childKey(key, name);
      return known === undefined ? [] : relativePaths(child, known);
    });
  }
  const { value } = node;
  if (key.format !== "path" && key.format !== "socket-path") return [];
  if (typeof value !== "string" || value === "" || isAbsolute(value) || beginsWithPath(value)) return [];
  return [broken(node, `${node.path} must be an absolute path, got ${shown(node)}`, null)];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

import { nearest } from "../core/mod.ts";
import type { ConfigWords } from "./kind.ts";
import { mergeNodes, setAt } from "./layers.ts";
import { type MapNode, mapNode, type Origin, quoted } from "./node.ts";
import type { Problem } from "./problem.ts";
import { keysBelow, type SchemaKey } from "./schema_keys.ts";
import { readTextValue } from "./text_value.ts";

type Prefix = ConfigWords["envPrefix"];

/** The variable that sets a key: `manager.address` is AGENT_MANAGER_ADDRESS, `agent.log.level` is AGENT_LOG_LEVEL. */
export function environmentName(keyPath: string, prefix: Prefix = "AGENT_"): string {
  return prefix + keyPath.replace(/^agent\./, "").replaceAll(".", "_").toUpperCase();
}

/** Every variable with its key; sections and lists are given as YAML text. */
export function environmentKeys(root: SchemaKey, prefix: Prefix = "AGENT_"): ReadonlyMap<string, SchemaKey> {
  const keys = [...keysBelow(root)].filter(({ path }) => path !== "agent");
  return new Map(keys.map((key) => [environmentName(key.path, prefix), key]));
}

export interface EnvironmentLayer {
  readonly root: MapNode;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** The keys that the environment sets. A variable that looks like ours but is not is a warning: others use AGENT_ too. */
export function environmentLayer(
  env: Readonly<Record<string, string>>,
  schema: SchemaKey,
  prefix: Prefix,
): EnvironmentLayer {
  const keys = environmentKeys(schema, prefix);
  const problems: Problem[] = [];
  let root = mapNode([], { path: "", origin: { kind: "default" } });
  // In the schema's order a section comes before its keys, so that the more exact variable wins.
  for (const [name, key] of keys) {
    const text = env[name];
    if (text === undefined) continue;
    const origin: Origin = { kind: "environment", name };
    const read = readTextValue(text, key, origin);
    problems.push(...read.problems);
    if (read.node !== null) root = mergeNodes(root, setAt(root, key.path.split("."), read.node));
  }
  const unknown = Object.keys(env).filter((name) => name.startsWith(prefix) && !keys.has(name)).sort();
  return { root, problems, warnings: unknown.map((name) => unknownVariable(name, keys)) };
}

function unknownVariable(name: string, keys: ReadonlyMap<string, SchemaKey>): Problem {
  const meant = nearest(name, keys.keys());
  return {
    origin: null,
    path: "",
    message: `environment variable ${quoted(name, "")} is not known and is ignored`,
    hint: meant === undefined ? null : `did you mean ${meant}?`,
  };
}

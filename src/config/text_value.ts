import { type Node, type Origin, scalarNode } from "./node.ts";
import type { Problem } from "./problem.ts";
import type { SchemaKey } from "./schema_keys.ts";
import { readYaml } from "./yaml_source.ts";

export interface TextValue {
  /** Null when the text sets nothing. */
  readonly node: Node | null;
  readonly problems: readonly Problem[];
}

/**
 * Reads the text of an environment variable or flag as the value of a key. What the schema takes as text is taken as it
 * stands (`007`, `C:\logs #1`); numbers, lists and mappings are YAML.
 */
export function readTextValue(text: string, key: SchemaKey, origin: Origin, path = key.path): TextValue {
  const at = { path, origin };
  if (key.kind === "text" && !/^\s*["']/.test(text)) return { node: scalarNode(text, at), problems: [] };
  const { root, problems } = readYaml(text, () => origin, path);
  const empty = key.kind === "number" ? scalarNode(null, at) : null;
  return { node: problems.length > 0 ? null : root ?? empty, problems };
}

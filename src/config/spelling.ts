import { mapNode, type Node } from "./node.ts";
import { childKey, type SchemaKey } from "./schema_keys.ts";

/** Puts what may be written in several ways into the one that the schema checks; the text is as it was written. */
export function inOneSpelling(node: Node, key: SchemaKey): Node {
  if (node.kind === "list") {
    const { item } = key;
    return item === null ? node : { ...node, items: node.items.map((child) => inOneSpelling(child, item)) };
  }
  if (node.kind === "map") {
    const entries = [...node.entries].map(([name, child]): [string, Node] => {
      const known = childKey(key, name);
      return [name, known === undefined ? child : inOneSpelling(child, known)];
    });
    return { ...node, entries: new Map(entries) };
  }
  if (node.value === null) return node;
  if (key.shortForm !== "") return mapNode([[key.shortForm, node]], node);
  // 010 and 1e3 are numbers to YAML, and what is meant is what stands there.
  return key.format === "as-written" && typeof node.value !== "string" ? { ...node, value: node.source } : node;
}

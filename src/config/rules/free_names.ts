import type { Node } from "../node.ts";
import type { Problem } from "../problem.ts";
import { childKey, type SchemaKey } from "../schema_keys.ts";
import { broken } from "./broken_rule.ts";

/** Objects take this name for something else than a key, so a schema would pass it over in silence. */
const NO_NAME = "__proto__";

/** Names that the user has chosen and that cannot be one. */
export function impossibleNames(node: Node, key: SchemaKey): Problem[] {
  if (node.kind === "scalar") return [];
  if (node.kind === "list") {
    const { item } = key;
    return item === null ? [] : node.items.flatMap((child) => impossibleNames(child, item));
  }
  if (key.values === null) {
    return [...node.entries].flatMap(([name, child]) => {
      const known = childKey(key, name);
      return known === undefined ? [] : impossibleNames(child, known);
    });
  }
  const named = node.entries.get(NO_NAME);
  return named === undefined ? [] : [broken(named, `${named.path} cannot be a name`, "choose another name")];
}

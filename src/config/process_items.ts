import { AppError } from "../core/mod.ts";
import { type Node, nodeAt, type Origin, toPlain } from "./node.ts";
import { configError } from "./problem.ts";
import { processItem } from "./schema/processes.ts";
import { schemaKeys } from "./schema_keys.ts";
import { inOneSpelling } from "./spelling.ts";
import { readYaml, shown } from "./yaml_source.ts";

/**
 * The items of `processes:` that a text in YAML or JSON holds: under that key, as a list, or as a single one. What they
 * say is checked by whoever takes them. `name` is what the text is called in messages.
 */
export function readProcessItems(text: string, name = "-"): unknown[] {
  const originAt = (line: number, column: number): Origin => ({ kind: "file", file: name, line, column });
  const { root, problems } = readYaml(text, originAt);
  if (problems.length > 0) throw configError(name, problems);
  const below = nodeAt(root ?? undefined, ["processes"]) ?? root;
  const items = below?.kind === "list" ? below.items : below === null ? [] : [below];
  const stranger = items.find(({ kind }) => kind !== "map");
  if (items.length === 0) {
    throw new AppError("invalid_config", `Cannot read processes of ${name}: there are none in it`);
  }
  if (stranger !== undefined) throw notAProcess(stranger, name);
  const keys = schemaKeys(processItem());
  // Before the way to the agent as JSON, on which 027 would become 27.
  return items.map((item) => toPlain(inOneSpelling(item, keys)));
}

function notAProcess(node: Node, name: string): AppError {
  const message = `a process must be a mapping such as "id: web", got ${shown(node)}`;
  return configError(name, [{ origin: node.origin, path: node.path, message, hint: null }]);
}

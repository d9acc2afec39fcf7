import { type MapNode, nodeAt, textAt } from "./node.ts";
import type { Problem } from "./problem.ts";
import { longControlSocket, managerFiles, openListener, sharedListener } from "./rules/agent_rules.ts";
import { dependencyRules } from "./rules/dependency_rules.ts";
import { duplicates } from "./rules/duplicates.ts";
import { impossibleNames } from "./rules/free_names.ts";
import { lifeRules } from "./rules/life_rules.ts";
import { probeRules } from "./rules/probe_rules.ts";
import { ProcessItem } from "./rules/process_item.ts";
import { programRules } from "./rules/program_rules.ts";
import { togetherRules } from "./rules/together_rules.ts";
import type { ConfigDefaults } from "./schema/agent.ts";
import type { SchemaKey } from "./schema_keys.ts";

export const MAX_SOCKET_PATH_BYTES = 107;

/** The rules that concern several keys at once. They look at the tree, so they hold whatever else is wrong with it. */
export function brokenRules(root: MapNode, keys: SchemaKey, defaults: ConfigDefaults): Problem[] {
  const limit = defaults.maxSocketPathBytes ?? MAX_SOCKET_PATH_BYTES;
  const surroundings = {
    agentWorkDir: textAt(root, ["agent", "work_dir"]) ?? defaults.workDir,
    maxSocketPathBytes: limit,
  };
  const processes = nodeAt(root, ["processes"]);
  const shared = nodeAt(root, ["process_defaults"]);
  const items = (processes?.kind === "list" ? processes.items : []).flatMap((node) =>
    node.kind === "map" ? [new ProcessItem(node, shared)] : []
  );
  return onceEach([
    ...impossibleNames(root, keys),
    ...openListener(root),
    ...sharedListener(root),
    ...longControlSocket(root, limit, defaults.socket),
    ...managerFiles(root),
    ...["exec", "watch"].flatMap((name) => {
      const list = nodeAt(root, ["collectors", name]);
      return list?.kind === "list" ? duplicates(list.items, "name", "each item") : [];
    }),
    ...togetherRules(items, root, surroundings.agentWorkDir),
    ...dependencyRules(items),
    ...items.flatMap((item) => processRules(item, surroundings)),
  ]);
}

export interface RuleSurroundings {
  readonly agentWorkDir: string;
  readonly maxSocketPathBytes: number;
}

/** The rules that concern one process alone. */
export function processRules(item: ProcessItem, { agentWorkDir, maxSocketPathBytes }: RuleSurroundings): Problem[] {
  return [
    ...programRules(item),
    ...probeRules(item, agentWorkDir),
    ...lifeRules(item, agentWorkDir, maxSocketPathBytes),
  ];
}

/** What is wrong with a value of `process_defaults` is wrong with every process, and is said once. */
export function onceEach(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path, message }) => {
    const text = `${path}\0${message}`;
    return !seen.has(text) && seen.add(text);
  });
}

import { type Node, nodeAt, quoted, textAt } from "../node.ts";
import type { Problem } from "../problem.ts";
import { broken, onLine } from "./broken_rule.ts";

/** Items of a list that share the key which should tell them apart. */
export function duplicates(items: readonly Node[], key: "id" | "name", whose: string): Problem[] {
  const seen = new Map<string, Node>();
  const problems: Problem[] = [];
  for (const item of items) {
    const node = nodeAt(item, [key]);
    const id = textAt(node, []);
    if (node === undefined || id === undefined) continue;
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, node);
      continue;
    }
    const message = `${node.path} ${quoted(id)} is taken: ${first.path} has it too${onLine(first)}`;
    problems.push(broken(node, message, `give ${whose} its own ${key}`));
  }
  return problems;
}

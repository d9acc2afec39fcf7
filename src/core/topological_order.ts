import { AppError } from "./errors.ts";

/** Names, each with the names that must come before it. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * Sorts a graph into levels: everything in a level depends on earlier levels only, so a level can run concurrently.
 * An unknown name or a cycle is an `invalid_input` error; a cycle's message prints the whole cycle, `a -> b -> a`.
 */
export function topologicalOrder(graph: Graph, what: string): string[][] {
  for (const [name, needs] of graph) {
    const unknown = needs.find((need) => !graph.has(need));
    if (unknown !== undefined) {
      throw new AppError(
        "invalid_input",
        `Cannot order ${what}: "${name}" depends on "${unknown}", which does not exist`,
      );
    }
  }
  const levels: string[][] = [];
  const placed = new Set<string>();
  while (placed.size < graph.size) {
    const level = [...graph.keys()].filter((name) => !placed.has(name) && graph.get(name)!.every((n) => placed.has(n)));
    if (level.length === 0) {
      const cycle = findCycle(graph, placed);
      throw new AppError("invalid_input", `Cannot order ${what}: they depend on each other: ${cycle.join(" -> ")}`, {
        details: { cycle },
      });
    }
    for (const name of level) placed.add(name);
    levels.push(level);
  }
  return levels;
}

/** Walks unplaced names along their unplaced needs until one comes round again. */
function findCycle(graph: Graph, placed: ReadonlySet<string>): string[] {
  const path: string[] = [];
  let name = [...graph.keys()].find((candidate) => !placed.has(candidate))!;
  while (!path.includes(name)) {
    path.push(name);
    name = graph.get(name)!.find((need) => !placed.has(need))!;
  }
  return [...path.slice(path.indexOf(name)), name];
}

import { nearest } from "../../core/mod.ts";
import { type Node, nodeAt, quoted, textAt } from "../node.ts";
import type { Problem } from "../problem.ts";
import { broken } from "./broken_rule.ts";
import type { ProcessItem } from "./process_item.ts";

const MOST_LISTED = 12;

/** One `depends_on` of a process on another one that exists. */
interface Edge {
  readonly node: Node;
  readonly to: ProcessItem;
}

type Edges = ReadonlyMap<ProcessItem, readonly Edge[]>;

/** What a process waits for exists, can come to pass, and does not wait for the process itself. */
export function dependencyRules(items: readonly ProcessItem[]): Problem[] {
  const byId = new Map<string, ProcessItem>();
  for (const item of items) if (item.id !== "" && !byId.has(item.id)) byId.set(item.id, item);
  const problems: Problem[] = [];
  const edges = new Map<ProcessItem, readonly Edge[]>();
  for (const item of byId.values()) {
    edges.set(
      item,
      dependenciesOf(item).flatMap((dependency): Edge[] => {
        const to = byId.get(textAt(dependency, ["id"]) ?? "");
        problems.push(...wrongDependency(item, dependency, to, byId));
        return to === undefined || to === item ? [] : [{ node: dependency, to }];
      }),
    );
  }
  return [...problems, ...cycles(edges)];
}

function dependenciesOf(item: ProcessItem): readonly Node[] {
  const list = item.at("depends_on");
  return list?.kind === "list" ? list.items : [];
}

function wrongDependency(
  item: ProcessItem,
  dependency: Node,
  to: ProcessItem | undefined,
  byId: ReadonlyMap<string, ProcessItem>,
): Problem[] {
  const node = nodeAt(dependency, ["id"]);
  const id = textAt(node, []);
  if (node === undefined || id === undefined || id === "") return [];
  if (to === undefined) {
    return [broken(node, `${node.path} ${quoted(id)} is not the id of a process`, meant(id, item, byId))];
  }
  if (to === item) return [broken(node, `${node.path} ${quoted(id)} is the process itself`, "remove it")];
  const condition = nodeAt(dependency, ["condition"]);
  if (textAt(condition, []) !== "completed" || to.text("kind") === "oneshot") return [];
  const message = `${dependency.path} waits for ${quoted(id)} to be completed, which a service never is`;
  return [broken(condition ?? node, message, `use healthy or started, or make ${quoted(id, "")} a oneshot`)];
}

function meant(id: string, item: ProcessItem, byId: ReadonlyMap<string, ProcessItem>): string | null {
  const others = [...byId.keys()].filter((other) => other !== item.id);
  const near = nearest(id, others);
  if (near !== undefined) return `did you mean ${quoted(near, "")}?`;
  if (others.length === 0) return "there is no other process";
  return others.length > MOST_LISTED ? null : `the others are ${others.map((one) => quoted(one, "")).join(", ")}`;
}

/** Each cycle once, as `shop -> db -> shop`; of cycles that share a process, only the first that is found. */
function cycles(edges: Edges): Problem[] {
  const done = new Set<ProcessItem>();
  const reported = new Set<ProcessItem>();
  const problems: Problem[] = [];
  for (const start of edges.keys()) {
    if (done.has(start)) continue;
    for (const cycle of cyclesFrom(start, edges, done)) {
      if (cycle.some((item) => reported.has(item))) continue;
      for (const item of cycle) reported.add(item);
      problems.push(cycleProblem(cycle, edges));
    }
  }
  return problems;
}

/** A walk in depth without recursion: a config can hold a chain of thousands of processes. */
function* cyclesFrom(start: ProcessItem, edges: Edges, done: Set<ProcessItem>): Generator<readonly ProcessItem[]> {
  const path: ProcessItem[] = [start];
  const places = new Map([[start, 0]]);
  const next = [0];
  while (path.length > 0) {
    const depth = path.length - 1;
    const item = path[depth] ?? start;
    const edge = edges.get(item)?.[next[depth] ?? 0];
    if (edge === undefined) {
      done.add(item);
      places.delete(item);
      path.pop();
      next.pop();
      continue;
    }
    next[depth] = (next[depth] ?? 0) + 1;
    const place = places.get(edge.to);
    if (place !== undefined) yield path.slice(place);
    else if (!done.has(edge.to)) {
      places.set(edge.to, path.length);
      path.push(edge.to);
      next.push(0);
    }
  }
}

function cycleProblem(cycle: readonly ProcessItem[], edges: Edges): Problem {
  const [first, second = first] = cycle;
  const node = edges.get(first!)?.find(({ to }) => to === second)?.node ?? first!.node;
  const words = [...cycle, first!].map(({ id }) => quoted(id, "")).join(" -> ");
  return broken(node, `${node.path} makes processes wait for each other: ${words}`, "remove one of these dependencies");
}

import { type MapNode, type Node, nodeAt, quoted, textAt } from "../node.ts";
import type { Problem } from "../problem.ts";
import { fillTemplate } from "../template.ts";
import { shown } from "../yaml_source.ts";
import { broken, onLine } from "./broken_rule.ts";
import { duplicates } from "./duplicates.ts";
import type { ProcessItem } from "./process_item.ts";

/** More than any host runs, and few enough to look at each replica of each. */
export const MAX_PROCESSES = 10_000;

/** What the processes of a host may not have in common. */
export function togetherRules(items: readonly ProcessItem[], root: MapNode, agentWorkDir: string): Problem[] {
  const problems = [...duplicates(items.map(({ node }) => node), "id", "each process"), ...takenByReplica(items)];
  const crowd = tooMany(items);
  return [...problems, ...crowd, ...(crowd.length === 0 ? sharedFiles(items, root, agentWorkDir) : [])];
}

/** The replicas of `shop` are called shop-0, shop-1 …, so another process cannot be. */
function takenByReplica(items: readonly ProcessItem[]): Problem[] {
  const groups = new Map(items.map((item, place) => [item.id, { item, place }]));
  return items.flatMap((item, place) => {
    const [, group = "", index = ""] = /^(.+)-(0|[1-9]\d*)$/.exec(item.id) ?? [];
    const other = groups.get(group);
    const [node, replicas] = [item.at("id"), other?.item.at("replicas")];
    if (other === undefined || node === undefined || replicas === undefined) return [];
    if (other.item.replicas === 1 || Number(index) >= other.item.replicas) return [];
    // The later one of the two is told.
    const [told, message] = other.place < place
      ? [node, `${node.path} ${quoted(item.id)} is taken: it is the name of a replica of ${quoted(group)}`]
      : [replicas, `${replicas.path} makes a ${quoted(item.id)}, which is taken: ${node.path} has it${onLine(node)}`];
    return [broken(told, message, "give each process its own id")];
  });
}

function tooMany(items: readonly ProcessItem[]): Problem[] {
  let count = 0;
  for (const item of items) {
    count += item.replicas;
    if (count <= MAX_PROCESSES) continue;
    const message = `${item.node.path} makes more than ${MAX_PROCESSES} processes, replicas counted`;
    return [broken(item.node, message, "run fewer of them on one host")];
  }
  return [];
}

interface Owner {
  readonly item: ProcessItem;
  readonly node: Node;
}

/** What those keys of the agent are called that name a file which no process may write. */
const AGENT_FILES: readonly (readonly string[])[] = [
  ["agent", "log", "file"],
  ["agent", "pid_file"],
  ["agent", "control", "socket"],
];

/** Two processes that write one log, or wait on one socket, would each take the other's for its own. */
function sharedFiles(items: readonly ProcessItem[], root: MapNode, agentWorkDir: string): Problem[] {
  const agentFiles = new Map(AGENT_FILES.map((path) => [textAt(root, path) ?? "", path.join(".")]));
  const owners = new Map<string, Owner>();
  const reported = new Set<Node>();
  const problems: Problem[] = [];
  for (const item of items) {
    for (const { path, node } of filesOf(item, agentWorkDir)) {
      const agentKey = agentFiles.get(path);
      const owner = owners.get(path);
      if (owner === undefined) owners.set(path, { item, node });
      // Of the files of one process, other rules speak.
      const isShared = agentKey !== undefined || (owner !== undefined && owner.item !== item);
      if (!isShared || reported.has(node)) continue;
      reported.add(node);
      const message = `${node.path} ${shown(node)} is taken: ${
        agentKey === undefined ? whose(owner, node) : `it is ${agentKey}`
      }`;
      problems.push(broken(node, message, "give each its own; {{id}} stands for the id"));
    }
  }
  return problems;
}

function whose(owner: Owner | undefined, { origin, path }: Node): string {
  if (owner === undefined) return "";
  const { item, node } = owner;
  if (node.origin === origin && node.path === path) return `process ${quoted(item.id)} has it too`;
  return `${node.path} has it too${onLine(node)}`;
}

function* filesOf(item: ProcessItem, agentWorkDir: string): Generator<{ path: string; node: Node }> {
  const isMatch = item.word(["pid_strategy"], "spawn") === "match";
  const isDiscarded = item.isOn("log", "discard");
  const keys = [
    ["socket_path"],
    ...(isDiscarded ? [] : [["log", "stdout"]]),
    ...(isDiscarded || item.isOn("log", "merge") ? [] : [["log", "stderr"]]),
    ...(isMatch ? [["match", "pid_file"]] : []),
  ];
  for (const key of keys) {
    const node = nodeAt(item.node, key);
    const text = textAt(node, []) ?? "";
    if (node === undefined || text === "") continue;
    const count = text.includes("{{") ? item.replicas : 1;
    for (let index = 0; index < count; index++) {
      yield { path: fillTemplate(text, item.replica(index, agentWorkDir).words), node };
    }
  }
}

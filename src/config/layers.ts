import { basename, join, resolve } from "node:path";
import { type MapNode, mapNode, type Node, nodeAt, scalarNode, textAt } from "./node.ts";
import type { ConfigKind, FileKeys } from "./kind.ts";
import type { ConfigDefaults } from "./schema/agent.ts";
import { childKey, type SchemaKey } from "./schema_keys.ts";
import { inOneSpelling } from "./spelling.ts";
import { beginsWithPath } from "./template.ts";

/** Lays one layer over another: mappings are merged key by key, everything else is replaced as a whole. */
export function mergeNodes(base: MapNode, over: MapNode): MapNode {
  const entries = new Map(base.entries);
  for (const [name, node] of over.entries) {
    const below = entries.get(name);
    if (below?.kind === "map" && node.kind === "map") entries.set(name, mergeNodes(below, node));
    // A plain value where a section belongs is a mistake to report, not one to cover up.
    else if (below === undefined || node.kind !== "map") entries.set(name, node);
  }
  return { ...base, entries };
}

/** The tree with one more value in it; sections on the way are made as needed and belong to the value's origin. */
export function setAt(root: MapNode, path: readonly string[], node: Node): MapNode {
  const [name, ...rest] = path;
  if (name === undefined) return root;
  const child = root.entries.get(name);
  const inner = child?.kind === "map" ? child : mapNode([], { path: "", origin: node.origin });
  return { ...root, entries: new Map(root.entries).set(name, rest.length === 0 ? node : setAt(inner, rest, node)) };
}

/** `agent:` with nothing under it, as is left when all keys are commented out, sets nothing. */
export function dropEmptySections(root: MapNode, schema: SchemaKey): MapNode {
  const entries = new Map<string, Node>();
  for (const [name, node] of root.entries) {
    const key = childKey(schema, name);
    const empty = node.kind === "scalar" && node.value === null;
    if (empty && (key?.kind === "mapping" || key?.kind === "list")) continue;
    entries.set(name, key === undefined ? node : dropEmptyBelow(node, key));
  }
  return { ...root, entries };
}

function dropEmptyBelow(node: Node, key: SchemaKey): Node {
  if (node.kind === "map") return dropEmptySections(node, key);
  const { item } = key;
  if (node.kind === "scalar" || item === null) return node;
  return { ...node, items: node.items.map((child) => dropEmptyBelow(child, item)) };
}

/** What `completeTree` needs to know of a kind of config. */
export interface Completion extends Pick<ConfigKind<never>, "complete" | "files"> {
  readonly defaults: ConfigDefaults;
  readonly cwd: string;
}

/** Everything that one key takes from another, absolute paths among it, and the files that go where their directory is. */
export function completeTree(
  root: MapNode,
  schema: SchemaKey,
  { complete, files, defaults, cwd }: Completion,
): MapNode {
  const spelled = inOneSpelling(root, schema);
  const inherited = spelled.kind === "map" ? complete(spelled, schema) : root;
  const absolute = resolvePaths(inherited, schema, cwd);
  return absolute.kind === "map" ? placeInDir(absolute, files, defaults) : inherited;
}

/** What processes take from their defaults, and collectors from what is set for all. */
export function inheritAgentKeys(root: MapNode, schema: SchemaKey): MapNode {
  return inheritProcessDefaults(inheritInterval(root, schema));
}

/** These are costly, or change seldom, so a shorter interval for all is not meant for them. */
const OWN_PACE: readonly string[] = ["processes", "host"];

function inheritInterval(root: MapNode, schema: SchemaKey): MapNode {
  const collectors = root.entries.get("collectors");
  const interval = nodeAt(collectors, ["interval"]);
  if (collectors?.kind !== "map" || interval === undefined) return root;
  let result = root;
  for (const [name, key] of schema.children.get("collectors")?.children ?? []) {
    if (OWN_PACE.includes(name) || !key.children.has("interval")) continue;
    const collector = collectors.entries.get(name);
    if (collector !== undefined && (collector.kind !== "map" || collector.entries.has("interval"))) continue;
    result = setAt(result, ["collectors", name, "interval"], interval);
  }
  return result;
}

function inheritProcessDefaults(root: MapNode): MapNode {
  const processes = root.entries.get("processes");
  if (processes?.kind !== "list") return root;
  const shared = root.entries.get("process_defaults");
  const items = processes.items.map((process) =>
    process.kind === "map" ? completeProcess(process, shared?.kind === "map" ? shared : null) : process
  );
  return { ...root, entries: new Map(root.entries).set("processes", { ...processes, items }) };
}

/** A process with what it takes from `process_defaults`, and with a name. */
export function completeProcess(process: MapNode, shared: MapNode | null): MapNode {
  const full = shared === null
    ? process
    : { ...mergeNodes(shared, process), path: process.path, origin: process.origin };
  const id = full.entries.get("id");
  return id === undefined || (textAt(full, ["name"]) ?? "") !== "" ? full : setAt(full, ["name"], id);
}

/** Relative paths count from the directory in which the agent was started, whatever directory the file is in. */
export function resolvePaths(node: Node, key: SchemaKey, cwd: string): Node {
  if (node.kind === "scalar") {
    const isPath = key.format === "path" || key.format === "socket-path";
    if (!isPath || typeof node.value !== "string" || node.value === "" || beginsWithPath(node.value)) return node;
    return { ...node, value: resolve(cwd, node.value) };
  }
  if (node.kind === "list") {
    const { item } = key;
    return item === null ? node : { ...node, items: node.items.map((child) => resolvePaths(child, item, cwd)) };
  }
  const entries = [...node.entries].map(([name, child]): [string, Node] => {
    const known = childKey(key, name);
    return [name, known === undefined ? child : resolvePaths(child, known, cwd)];
  });
  return { ...node, entries: new Map(entries) };
}

function isUsable(path: string): boolean {
  return path !== "" && !path.includes("\0");
}

/** Whoever sets the directory gets a complete second agent by that alone: its other files move there with it. */
function placeInDir(root: MapNode, files: FileKeys, defaults: ConfigDefaults): MapNode {
  const dir = nodeAt(root, files.dir);
  if (dir?.kind !== "scalar" || typeof dir.value !== "string" || !isUsable(dir.value)) return root;
  const movable: readonly (readonly [path: readonly string[], file: string])[] = [
    [files.pidFile, defaults.pidFile],
    [files.logFile, defaults.logFile],
    [files.socket, defaults.socket],
  ];
  let result = root;
  for (const [path, file] of movable) {
    const parent = nodeAt(result, path.slice(0, -1));
    if (nodeAt(result, path) !== undefined || (parent !== undefined && parent.kind !== "map")) continue;
    const at = { path: path.join("."), origin: dir.origin };
    result = setAt(result, path, scalarNode(join(dir.value, basename(file)), at));
  }
  return result;
}

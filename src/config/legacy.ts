import { Duration } from "../core/mod.ts";
import type { Translation } from "./kind.ts";
import { dropEmptySections, setAt } from "./layers.ts";
import { joinPath, type MapNode, mapNode, type Node, nodeAt, type ScalarNode } from "./node.ts";
import type { Problem } from "./problem.ts";
import { keyAt, type SchemaKey } from "./schema_keys.ts";
import { shown } from "./yaml_source.ts";

/**
 * The config of the Go daemon that this program replaces, told in ours: where each of its keys is now. A key that
 * stands for a whole section takes along all keys of it that we know by the same name.
 */
const MOVED: ReadonlyMap<string, string> = new Map(Object.entries({
  "daemon.id": "agent.id",
  "daemon.log_level": "agent.log.level",
  "daemon.log_file": "agent.log.file",
  "daemon.pid_file": "agent.pid_file",
  "daemon.work_dir": "agent.work_dir",
  "manager.address": "manager.address",
  "manager.tls.cert_file": "manager.cert_file",
  "manager.tls.key_file": "manager.key_file",
  "manager.tls.ca_file": "manager.ca_file",
  "manager.heartbeat_interval": "manager.heartbeat_interval",
  "manager.reconnect_interval": "manager.reconnect_interval",
  "manager.timeout": "manager.timeout",
  agent: "processes",
  agents: "processes",
  agent_defaults: "process_defaults",
  collectors: "collectors",
  update: "update",
}));

const ONLY_OLD = ["daemon", "agents", "agent_defaults"];
const ONLY_OURS = ["processes", "process_defaults", "supervisor", "policy"];
/** Keys that `agent:` has only where it means a supervised program. */
const PROGRAM_KEYS = ["type", "binary_path", "config_file", "socket_path", "health_check", "restart"];

/** True for a file that is written for the old daemon. One that also has keys of ours is not. */
export function isLegacy(root: MapNode): boolean {
  if (ONLY_OURS.some((name) => root.entries.has(name))) return false;
  return ONLY_OLD.some((name) => root.entries.has(name)) ||
    PROGRAM_KEYS.some((name) => nodeAt(root, ["agent", name]) !== undefined) ||
    nodeAt(root, ["manager", "tls"]) !== undefined;
}

/** Translates the old daemon's config; every value keeps its line and its old name. */
export function translateLegacy(old: MapNode, schema: SchemaKey): Translation {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  let root = mapNode([], old);
  const ignore = ({ origin, path }: Node) => {
    warnings.push({ origin, path, message: `${path} is not known and is ignored`, hint: null });
  };
  const place = (node: Node, oldPath: string) => {
    const newPath = MOVED.get(oldPath)?.split(".");
    if (newPath !== undefined) {
      const key = keyAt(schema, newPath);
      const moved = adapt(oldPath === "agent" ? { ...node, kind: "list", items: [node] } : node, key, ignore);
      const present = nodeAt(root, newPath);
      const both = present?.kind === "list" && moved?.kind === "list";
      if (moved !== null) {
        root = setAt(root, newPath, both ? { ...moved, items: [...present.items, ...moved.items] } : moved);
      }
    } else if (![...MOVED.keys()].some((path) => path.startsWith(`${oldPath}.`))) {
      ignore(node);
    } else if (node.kind === "map") {
      for (const [name, child] of node.entries) place(child, joinPath(oldPath, name));
    } else if (node.kind === "list" || node.value !== null) {
      problems.push({
        origin: node.origin,
        path: node.path,
        message: `${node.path} must be a mapping of keys to values, got ${shown(node)}`,
        hint: null,
      });
    }
  };
  for (const [name, node] of old.entries) place(node, joinPath("", name));
  return { root: dropEmptySections(root, schema), problems, warnings };
}

/** A value as our schema wants it: without unknown keys, and in our spelling where Go's is different. */
function adapt(node: Node, key: SchemaKey | undefined, ignore: (node: Node) => void): Node | null {
  if (key === undefined) return node;
  if (node.kind === "scalar") return adaptScalar(node, key);
  // Where the user chooses the names, there are no unknown ones, and an empty text is one that is meant.
  if (key.values !== null) return node;
  if (node.kind === "list") {
    return { ...node, items: node.items.map((item) => adapt(item, key.item ?? undefined, ignore) ?? item) };
  }
  const entries = new Map<string, Node>();
  for (const [name, child] of node.entries) {
    const childKey = key.children.get(name);
    if (childKey === undefined) ignore(child);
    else {
      const adapted = adapt(child, childKey, ignore);
      if (adapted !== null) entries.set(name, adapted);
    }
  }
  return { ...node, entries };
}

/** Null for Go's empty values, which stood for "not set". */
function adaptScalar(node: ScalarNode, key: SchemaKey): ScalarNode | null {
  const { value, source } = node;
  if (value === "") return null;
  if (key.format === "time-span") {
    // Go's durations are numbers of nanoseconds where they are not text.
    const text = typeof value === "number" ? `${value / 1e6}ms` : value;
    const isZero = typeof text === "string" && Duration.parse(text)?.ms === 0;
    return isZero ? null : { ...node, value: text };
  }
  if (key.path === "agent.log.level" && typeof value === "string") {
    const level = value.toLowerCase();
    return { ...node, value: level === "warning" ? "warn" : level };
  }
  const isText = key.kind === "text" && key.format !== "byte-size" && key.format !== "on-off";
  return isText && (typeof value === "number" || typeof value === "boolean") ? { ...node, value: source } : node;
}

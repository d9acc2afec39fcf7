import { fromPlain, type MapNode, mapNode, nodeAt, type Origin, quoted } from "./node.ts";
import { setAt } from "./layers.ts";
import type { Problem } from "./problem.ts";

/**
 * What a manager may set on a host. All else is the host's own: a manager that could set `policy` or `processes` would
 * allow itself what the host has not allowed.
 */
const SETTABLE = ["collectors", "manager.heartbeat_interval", "manager.reconnect_interval", "manager.timeout"];
const ORIGIN: Origin = { kind: "manager" };

export interface ManagerLayer {
  readonly root: MapNode;
  readonly warnings: readonly Problem[];
}

/** The manager's settings as a layer; those that are not its to make are left out, with a warning. */
export function managerLayer(settings: Readonly<Record<string, unknown>>): ManagerLayer {
  const given = fromPlain(settings, ORIGIN);
  let root = mapNode([], { path: "", origin: ORIGIN });
  for (const key of SETTABLE) {
    const path = key.split(".");
    const node = nodeAt(given, path);
    if (node !== undefined) root = setAt(root, path, node);
  }
  const refused = [...given.entries].flatMap(([name, node]): string[] => {
    if (SETTABLE.includes(name)) return [];
    if (node.kind !== "map" || name !== "manager") return [name];
    return [...node.entries.keys()].map((inner) => `${name}.${inner}`).filter((key) => !SETTABLE.includes(key));
  });
  return { root, warnings: refused.map(refusal) };
}

function refusal(key: string): Problem {
  const message = `the manager's setting ${quoted(key, "")} is ignored: it is not the manager's to make`;
  return { origin: null, path: key, message, hint: null };
}

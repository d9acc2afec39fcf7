import type { SettingsLayer } from "./kind.ts";
import { fromPlain, joinPath, type MapNode, mapNode, nodeAt, type Origin, quoted } from "./node.ts";
import { setAt } from "./layers.ts";
import type { Problem } from "./problem.ts";

/**
 * What a manager may set on a host. All else is the host's own: a manager that could set `policy` or `processes` would
 * allow itself what the host has not allowed.
 */
const SETTABLE = ["collectors", "manager.heartbeat_interval", "manager.reconnect_interval", "manager.timeout"];
/** Of these, what runs programs, reads files or opens connections of the manager's choice: by it `policy` would be empty words. */
const HOSTS_OWN = ["collectors.exec", "collectors.watch", "collectors.roots", "collectors.textfile.directory"];
const ORIGIN: Origin = { kind: "manager" };

/**
 * The manager's settings as a layer; those that are not its to make are left out, with a warning. Keys may be nested, or
 * written with dots as the manager sends them: `collectors.cpu.interval`.
 */
export function managerLayer(settings: Readonly<Record<string, unknown>>): SettingsLayer {
  let given = mapNode([], { path: "", origin: ORIGIN });
  for (const [key, value] of Object.entries(settings)) given = withKey(given, key.split("."), value);
  const own = HOSTS_OWN.filter((key) => nodeAt(given, key.split(".")) !== undefined);
  for (const key of own) given = without(given, key.split("."));
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
  return { root, warnings: [...refused, ...own].map(refusal) };
}

function withKey(root: MapNode, path: readonly string[], value: unknown): MapNode {
  const name = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce<string>(joinPath, "");
  const node = fromPlain({ [name]: value }, ORIGIN, parent).entries.get(name);
  return node === undefined ? root : setAt(root, path, node);
}

function without(root: MapNode, [name = "", ...rest]: readonly string[]): MapNode {
  const entries = new Map(root.entries);
  const child = entries.get(name);
  if (rest.length === 0) entries.delete(name);
  else if (child?.kind === "map") entries.set(name, without(child, rest));
  return { ...root, entries };
}

function refusal(key: string): Problem {
  const message = `the manager's setting ${quoted(key, "")} is ignored: it is not the manager's to make`;
  return { origin: null, path: key, message, hint: null };
}

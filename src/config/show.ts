import { stringify } from "yaml";
import { Duration, Secret } from "../core/mod.ts";
import { isSection, leavesOf, pathText, withoutUserInfo } from "./leaves.ts";
import type { Loaded } from "./load_as.ts";
import { printable } from "./node.ts";
import { originText } from "./problem.ts";

/** One line of `agent config show`. */
export interface ConfigEntry {
  readonly path: string;
  /** The effective value as text, secrets redacted. */
  readonly value: string;
  /** default, file:line, environment NAME, flag NAME or manager. */
  readonly origin: string;
}

/** Each key's effective value and where it came from, in the order of the schema. */
export function effectiveEntries({ config, origins }: Loaded<object>): ConfigEntry[] {
  return [...leavesOf(config)].map(({ path, value }) => {
    const key = pathText(path);
    return { path: key, value: valueText(value), origin: originText(origins.get(key) ?? { kind: "default" }) };
  });
}

/** The effective config as plain values, secrets redacted, for JSON. */
export function redactedTree(config: object): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(config, (_key, value) => typeof value === "string" ? withoutUserInfo(value) : value),
  );
}

/** The effective config as a YAML file, secrets redacted. */
export function redactedYaml(config: object): string {
  return stringify(redactedTree(config), { lineWidth: 0 });
}

/**
 * The keys in which two configs differ, for a reload. A process is named by its id (`processes.web.restart.policy`),
 * whatever its place in the list; one that was added or removed is named as a whole (`processes.web`).
 */
export function configDifference(before: object, after: object): string[] {
  return [...differences(before, after, "")];
}

function* differences(before: unknown, after: unknown, path: string): Generator<string> {
  const [old, current] = [byName(before), byName(after)];
  if (old === null || current === null) {
    if (comparable(before) !== comparable(after)) yield path;
    return;
  }
  for (const name of new Set([...old.keys(), ...current.keys()])) {
    const childPath = path === "" ? name : `${path}.${name}`;
    if (old.has(name) && current.has(name)) yield* differences(old.get(name), current.get(name), childPath);
    else yield childPath;
  }
}

/** The named parts of a section, or of a list whose items have ids. */
function byName(value: unknown): ReadonlyMap<string, unknown> | null {
  if (isSection(value)) return new Map(Object.entries(value));
  if (!Array.isArray(value) || !value.every((item) => isSection(item) && typeof item.id === "string")) return null;
  return new Map(value.map((item) => [String(item.id), item]));
}

function comparable(value: unknown): string {
  return value instanceof Secret ? `secret ${value.reveal()}` : JSON.stringify(value);
}

function valueText(value: unknown): string {
  if (value instanceof Secret) return value.reveal() === "" ? '""' : String(value);
  if (value === "") return '""';
  if (typeof value === "string") return printable(withoutUserInfo(value));
  if (value instanceof Duration) return String(value);
  if (isSection(value)) return "{}";
  return Array.isArray(value) ? JSON.stringify(value.map((item) => withoutUserInfo(String(item)))) : String(value);
}

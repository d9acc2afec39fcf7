import type * as z from "zod/mini";
import { nearest } from "../core/mod.ts";
import { joinPath, type Node, nodeAt, type Origin, type Path, printable, type ScalarNode } from "./node.ts";
import type { Problem } from "./problem.ts";
import { keyAt, keysBelow, type SchemaKey } from "./schema_keys.ts";
import { shown } from "./yaml_source.ts";

const MOST_LISTED = 12;
/** Wording a problem costs time, and nobody reads the hundredth. */
const MOST_ISSUES = 100;

/** The old daemon's top-level keys, for a file that mixes them with ours. */
const FORMER_NAMES: Readonly<Record<string, string>> = {
  daemon: "agent",
  agents: "processes",
  agent_defaults: "process_defaults",
};

/** Sections of the agent's config, for a manager's file in which they stand. */
const AGENT_SECTIONS: readonly string[] = ["agent", "manager", "collectors", "supervisor", "processes", "policy"];

/** Says what the schema objects to in terms of the user's keys, lines and values, and what to do about it. */
export function issueProblems(issues: readonly z.core.$ZodIssue[], root: Node, schema: SchemaKey): Problem[] {
  const isNew = firstTime();
  return issues.slice(0, MOST_ISSUES).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.slice(0, MOST_ISSUES).flatMap((name) => {
        const node = nodeAt(root, [...issue.path, name]);
        return node === undefined || !isNew(node) ? [] : [unknownKey(name, node, issue.path, schema)];
      });
    }
    const node = nodeAt(root, issue.path);
    if (node === undefined) return [missingKey(issue.path, root)];
    if (!isNew(node)) return [];
    return [
      issue.code === "invalid_key"
        ? wrongName(issue.message, node)
        : wrongValue(issue.message, node, keyAt(schema, issue.path)),
    ];
  });
}

/** One value can be in several places, as a process default is in every process: it is reported once. */
function firstTime(): (node: Node) => boolean {
  const seen = new Map<Origin, Set<string>>();
  return ({ origin, path }) => {
    const paths = seen.get(origin) ?? new Set();
    if (paths.has(path)) return false;
    seen.set(origin, paths.add(path));
    return true;
  };
}

function missingKey(path: Path, root: Node): Problem {
  let depth = path.length;
  let parent: Node | undefined;
  while (parent === undefined && depth > 0) parent = nodeAt(root, path.slice(0, --depth));
  const name = path.slice(depth).reduce<string>(joinPath, parent?.path ?? "");
  return { origin: parent?.origin ?? null, path: name, message: `${name} is missing`, hint: "add it" };
}

function unknownKey(name: string, node: Node, parentPath: Path, schema: SchemaKey): Problem {
  const siblings = [...keyAt(schema, parentPath)?.children.keys() ?? []];
  const hint = formerName(name, parentPath, schema) ?? ofTheAgent(name, parentPath, schema) ??
    nearestSibling(name, siblings) ??
    elsewhere(name, parentPath, schema) ??
    listed(siblings);
  return { origin: node.origin, path: node.path, message: `${node.path} is not a known key`, hint };
}

function formerName(name: string, parentPath: Path, schema: SchemaKey): string | null {
  const now = parentPath.length === 0 && Object.hasOwn(FORMER_NAMES, name) ? FORMER_NAMES[name] : undefined;
  return now === undefined || !schema.children.has(now)
    ? null
    : `it is the old daemon's name for "${now}", and a file uses either the old names or the new ones`;
}

function ofTheAgent(name: string, parentPath: Path, schema: SchemaKey): string | null {
  const isForeign = parentPath.length === 0 && AGENT_SECTIONS.includes(name) && !schema.children.has("agent");
  return isForeign ? "it belongs into the agent's config; the manager has its own" : null;
}

function nearestSibling(name: string, siblings: readonly string[]): string | null {
  const meant = nearest(name, siblings);
  return meant === undefined ? null : `did you mean "${meant}"?`;
}

function elsewhere(name: string, parentPath: Path, schema: SchemaKey): string | null {
  const items = schema.children.get("processes")?.item;
  const keys = [...keysBelow(schema), ...(items === null || items === undefined ? [] : keysBelow(items))];
  const all = keys.filter(({ path }) => path.endsWith(`.${name}`)).map(({ path }) => path.slice(0, -name.length - 1));
  const here = keyAt(schema, parentPath)?.path ?? "";
  const near = all.filter((path) => here !== "" && path.startsWith(`${here}.`));
  const parents = near.length > 0 ? near : all;
  return parents.length === 0 || parents.length > 3 ? null : `it belongs under ${parents.join(" or ")}`;
}

function listed(siblings: readonly string[]): string | null {
  return siblings.length === 0 || siblings.length > MOST_LISTED ? null : `known keys here: ${siblings.join(", ")}`;
}

/** A name that the user has chosen; what stands under it may be secret. */
function wrongName(clause: string, { origin, path }: Node): Problem {
  return { origin, path, message: `${path} ${clause}`, hint: null };
}

function wrongValue(clause: string, node: Node, key: SchemaKey | undefined): Problem {
  const isEmptyText = node.kind === "scalar" && node.value === "";
  const isNothing = node.kind === "scalar" && node.value === null;
  const isHidden = key?.secret === true && !isNothing;
  const got = isHidden || isEmptyText ? "" : `, got ${shown(node)}`;
  const hint = key === undefined ? null : isHidden ? hintWithoutValue(node, key) : hintFor(node, key);
  return { origin: node.origin, path: node.path, message: `${node.path} ${clause}${got}`, hint };
}

/** What may hold a secret is not repeated, even where it stands in the wrong place. */
function hintWithoutValue(node: Node, key: SchemaKey): string | null {
  if (node.kind !== "scalar") return null;
  if (key.kind === "list") return "write its items on the lines below, each after `- `";
  return key.kind === "mapping" ? "write its keys on the lines below, indented" : null;
}

/** How the value would be right, for the mistakes that people make. */
function hintFor(node: Node, key: SchemaKey): string | null {
  if (node.kind !== "scalar") return null;
  if (node.value === null) return "give it a value, or remove the line";
  const written = printable(node.source.slice(0, 60));
  if (key.kind === "list") return `write it as a list: [${written.split(/\s+/).join(", ")}]`;
  if (key.kind === "mapping") {
    const glued = /^(\w+):(\S.*)$/.exec(written);
    return glued === null
      ? "write its keys on the lines below, indented"
      : `write ${glued[1]}: ${glued[2]}, with a space`;
  }
  if (key.kind === "number") {
    return typeof node.value === "string" && isNumeric(written) ? `write ${written} without quotes` : null;
  }
  if (key.format === "time-span") return isNumeric(written) && Number(written) > 0 ? `write ${written}s` : null;
  if (key.words.length > 0) return nearestWord(node, key.words);
  return key.format !== "byte-size" && typeof node.value !== "string" ? `put it in quotes: "${written}"` : null;
}

function isNumeric(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text);
}

function nearestWord(node: ScalarNode, words: readonly string[]): string | null {
  const meant = nearest(node.source, words);
  return meant === undefined ? null : `did you mean ${meant}?`;
}

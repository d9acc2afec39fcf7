import { nearest } from "../core/mod.ts";
import type { ConfigWords } from "./kind.ts";
import { mergeNodes, setAt } from "./layers.ts";
import { type MapNode, mapNode, type Node, type Origin, quoted } from "./node.ts";
import type { Problem } from "./problem.ts";
import { childKey, keyAt, keysBelow, type SchemaKey } from "./schema_keys.ts";
import { readTextValue } from "./text_value.ts";

/** What the command line says about the configuration. */
export interface Flags {
  /** The values of `--set`: `key.path=value`. */
  readonly set?: readonly string[];
  /** Flags of their own, which win over `--set`: `{ flag: "--log-level", key: "agent.log.level", value: "debug" }`. */
  readonly overrides?: readonly FlagOverride[];
}

export interface FlagOverride {
  readonly flag: string;
  readonly key: string;
  readonly value: string;
}

export interface FlagLayer {
  readonly root: MapNode;
  readonly problems: readonly Problem[];
}

export function flagLayer(flags: Flags, schema: SchemaKey, words: ConfigWords): FlagLayer {
  const problems: Problem[] = [];
  const given: FlagOverride[] = [];
  for (const pair of flags.set ?? []) {
    const equals = pair.indexOf("=");
    if (equals > 0) {
      const key = pair.slice(0, equals).trim();
      given.push({ flag: `--set ${quoted(key, "")}`, key, value: pair.slice(equals + 1) });
    } else {
      // The text is not quoted: it may be a secret whose key was forgotten.
      const message = "must be key=value";
      problems.push({
        origin: { kind: "flag", flag: "--set" },
        path: "",
        message,
        hint: `such as --set ${words.exampleSet}`,
      });
    }
  }
  let root = mapNode([], { path: "", origin: { kind: "default" } });
  for (const { flag, key: path, value } of [...given, ...flags.overrides ?? []]) {
    const origin: Origin = { kind: "flag", flag };
    const key = keyAt(schema, path.split("."));
    if (key === undefined) {
      problems.push(unknownKey(path, schema, origin, words));
      continue;
    }
    const read = readTextValue(value, key, origin, path);
    if (key.secret && (read.problems.length > 0 || setsSecret(read.node, key))) {
      const message = `${path} must not be given on the command line, which every user of this host can read`;
      problems.push({ origin, path, message, hint: "write it in the config file, or use an environment variable" });
      continue;
    }
    problems.push(...read.problems);
    if (read.node !== null) root = mergeNodes(root, setAt(root, path.split("."), read.node));
  }
  return { root, problems };
}

/** Whether anything secret is in a value; what is no such value as the key takes is taken for a secret too. */
function setsSecret(node: Node | null, key: SchemaKey): boolean {
  if (!key.secret || node === null) return false;
  if (node.kind === "list") return node.items.some((item) => key.item === null || setsSecret(item, key.item));
  if (node.kind !== "map" || key.values !== null) return true;
  return [...node.entries].some(([name, child]) => {
    const known = childKey(key, name);
    return known !== undefined && setsSecret(child, known);
  });
}

function unknownKey(path: string, schema: SchemaKey, origin: Origin, { schemaCommand }: ConfigWords): Problem {
  const message = `${quoted(path, "")} is not a known key`;
  const keys = [...keysBelow(schema)];
  const list = keys.find(({ kind, path: known }) =>
    kind === "list" && /^[.[]/.test(path.slice(known.length)) && path.startsWith(known)
  );
  if (list !== undefined) {
    return { origin, path, message, hint: `${list.path} is a list and can only be set as a whole` };
  }
  const meant = nearest(path, keys.map((key) => key.path)) ??
    keys.find((key) => key.path.endsWith(`.${path}`))?.path;
  return { origin, path, message, hint: meant === undefined ? `see ${schemaCommand}` : `did you mean ${meant}?` };
}

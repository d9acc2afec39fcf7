/** Where a value came from. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "flag"; readonly flag: string }
  | { readonly kind: "manager" }
  | { readonly kind: "api" };

/**
 * A config before it is checked: plain values, each of which knows where it came from and how its author calls it.
 * Layers, the old daemon's config and process defaults are all merged as nodes, so every later message can still
 * name the user's own line and key.
 */
export type Node = ScalarNode | ListNode | MapNode;

interface BaseNode {
  /** The key as its author wrote it, for messages: `agents[1].restart.policy`. */
  readonly path: string;
  readonly origin: Origin;
}

export interface ScalarNode extends BaseNode {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** The text that was read as the value: `0x1F`, `007`, `~`. */
  readonly source: string;
}

export interface ListNode extends BaseNode {
  readonly kind: "list";
  readonly items: readonly Node[];
}

export interface MapNode extends BaseNode {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Node>;
}

/** A config needs no more than 10 levels. */
export const DEEPEST = 64;

export type Path = readonly PropertyKey[];

export function scalarNode(value: ScalarNode["value"], at: { path: string; origin: Origin }): ScalarNode {
  return { kind: "scalar", value, source: String(value), path: at.path, origin: at.origin };
}

export function mapNode(entries: Iterable<readonly [string, Node]>, at: { path: string; origin: Origin }): MapNode {
  return { kind: "map", entries: new Map(entries), path: at.path, origin: at.origin };
}

/** The part of a tree below a path, or undefined. */
export function nodeAt(root: Node | undefined, path: Path): Node | undefined {
  let node = root;
  for (const step of path) {
    if (node?.kind === "map") node = node.entries.get(String(step));
    else if (node?.kind === "list" && typeof step === "number") node = node.items[step];
    else return undefined;
  }
  return node;
}

/** The text at a path, or undefined when there is none or it is something else. */
export function textAt(root: Node | undefined, path: Path): string | undefined {
  const node = nodeAt(root, path);
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

/** The tree as plain values, without origins. Its objects have no prototype, so no key can have a meaning of its own. */
export function toPlain(node: Node): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toPlain);
  const plain: Record<string, unknown> = Object.create(null);
  for (const [name, child] of node.entries) plain[name] = toPlain(child);
  return plain;
}

/** Makes nodes of plain values that have one origin, such as the manager's settings. */
export function fromPlain(value: Readonly<Record<string, unknown>>, origin: Origin, path = ""): MapNode {
  const entries = Object.entries(value).map(([name, child]) =>
    [name, nodeOf(child, origin, joinPath(path, name))] as const
  );
  return mapNode(entries, { path, origin });
}

function nodeOf(value: unknown, origin: Origin, path: string): Node {
  const at = { path, origin };
  if (Array.isArray(value)) {
    return { kind: "list", items: value.map((item, index) => nodeOf(item, origin, `${path}[${index}]`)), ...at };
  }
  if (typeof value === "object" && value !== null) return fromPlain({ ...value }, origin, path);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return scalarNode(value, at);
  return scalarNode(String(value), at);
}

/** Whether plain values are nested deeper than anything that makes sense; safe to ask of any value. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= DEEPEST; depth++) {
    level = level.flatMap((one) => typeof one === "object" && one !== null ? Object.values(one) : []);
    if (level.length === 0) return false;
  }
  return true;
}

/** `agent` + `log` is `agent.log`; a name that is no plain word is quoted. */
export function joinPath(parent: string, step: PropertyKey): string {
  if (typeof step === "number") return `${parent}[${step}]`;
  const name = /^[\w-]{1,64}$/.test(String(step)) ? String(step) : quoted(String(step), '"');
  return parent === "" ? name : `${parent}.${name}`;
}

const LONGEST_QUOTE = 60;

/** A value as it may appear in a message: cut, and without characters that could disturb a terminal or a log. */
export function quoted(text: string, mark = "'"): string {
  return `${mark}${printable(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text)}${mark}`;
}

/** The text with control, format and other invisible characters written as escapes. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const named = { "\n": "\\n", "\t": "\\t", "\r": "\\r" }[character];
    return named ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

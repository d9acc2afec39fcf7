import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { quotedValue } from "./leaves.ts";
import { DEEPEST, joinPath, type MapNode, mapNode, type Node, type Origin, quoted, type ScalarNode } from "./node.ts";
import type { Problem } from "./problem.ts";
import { firstSyntaxProblem } from "./syntax.ts";

/** Bounds what aliases can expand to; a real config has some hundred values. */
const MOST_NODES = 100_000;
const NO_NODES: readonly ParsedNode[] = [];

export interface YamlTree {
  /** Null for an empty text. With problems, what could be made of the text nevertheless. */
  readonly root: Node | null;
  readonly problems: readonly Problem[];
  /** True when the root is not all that the text says, so that nothing should be concluded from what it lacks. */
  readonly partial: boolean;
}

/** Reads YAML. `originAt` gives the origin for a position in the text, `path` is the key that the whole text belongs to. */
export function readYaml(text: string, originAt: (line: number, column: number) => Origin, path = ""): YamlTree {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: "error",
  });
  const originOf = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return originAt(Math.max(line, 1), Math.max(col, 1));
  };
  const reader = new Reader(originOf);
  const root = reader.read(document, path);
  const syntax = firstSyntaxProblem(document, text);
  if (syntax === null) return { root, problems: reader.problems, partial: reader.partial };
  const { message, hint } = syntax;
  return { root, problems: [{ origin: originOf(syntax.offset), path, message, hint }], partial: true };
}

/** Turns the parser's tree into nodes: resolves aliases and merge keys, and refuses what a config has no use for. */
class Reader {
  readonly problems: Problem[] = [];
  partial = false;
  readonly #originOf: (offset: number) => Origin;
  readonly #anchors = new Map<string, ParsedNode>();
  #open: readonly ParsedNode[] = NO_NODES;
  #count = 0;

  constructor(originOf: (offset: number) => Origin) {
    this.#originOf = originOf;
  }

  read(document: Document.Parsed, path: string): Node | null {
    const { contents } = document;
    if (contents === null) return null;
    const root = this.#node(contents, path, this.#originOf(contents.range[0]));
    return root?.kind === "scalar" && root.value === null ? null : root;
  }

  #complain(origin: Origin, path: string, message: string, hint: string | null): void {
    this.problems.push({ origin, path, message, hint });
  }

  /** A complaint about a value that is then left out. */
  #omit(origin: Origin, path: string, message: string, hint: string | null): null {
    this.#complain(origin, path, message, hint);
    this.partial = true;
    return null;
  }

  #node(source: ParsedNode, path: string, origin: Origin): Node | null {
    if (++this.#count > MOST_NODES) {
      if (this.#count > MOST_NODES + 1) return null;
      return this.#omit(origin, path, `more than ${MOST_NODES} values, aliases included`, "write less");
    }
    if (this.#open.length >= DEEPEST) {
      return this.#omit(origin, path, `nesting of more than ${DEEPEST} levels`, "a config needs no more than 10");
    }
    if (isAlias(source)) return this.#alias(source.source, path, origin);
    if (source.anchor !== undefined) this.#anchors.set(source.anchor, source);
    if (isScalar(source)) return scalar(source.value, source.source, path, origin);
    const before = this.#open;
    this.#open = [...before, source];
    const node = isMap(source) ? this.#map(source, path, origin) : this.#list(source.items, path, origin);
    this.#open = before;
    return node;
  }

  #alias(name: string, path: string, origin: Origin): Node | null {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      return this.#omit(
        origin,
        path,
        `*${name} refers to an anchor that is not defined above it`,
        "put a text that begins with * in quotes",
      );
    }
    if (this.#open.includes(target)) {
      return this.#omit(origin, path, `*${name} refers to a value that contains it`, "remove it");
    }
    return this.#node(target, path, origin);
  }

  #list(sources: readonly ParsedNode[], path: string, origin: Origin): Node {
    const items: Node[] = [];
    for (const [index, source] of sources.entries()) {
      const item = this.#node(source, `${path}[${index}]`, this.#originOf(source.range[0]));
      if (item !== null) items.push(item);
    }
    return { kind: "list", items, path, origin };
  }

  #map(source: YAMLMap.Parsed, path: string, origin: Origin): MapNode {
    const entries = new Map<string, Node>();
    const merged: Node[] = [];
    for (const { key, value } of source.items) {
      const keyOrigin = this.#originOf(key.range[0]);
      const name = isScalar(key) ? String(typeof key.value === "string" ? key.value : key.source) : null;
      if (name === null) {
        const hint = isMap(key) ? "put a value that begins with {{ in quotes" : "write `key: value`";
        this.#omit(keyOrigin, path, "a key that is not plain text", hint);
        continue;
      }
      const isMerge = name === "<<";
      const entryPath = isMerge ? path : joinPath(path, name);
      const first = entries.get(name);
      if (first !== undefined) {
        const line = first.origin.kind === "file" ? ` on line ${first.origin.line}` : "";
        this.#complain(keyOrigin, entryPath, `${entryPath} is given twice, first${line}`, "remove one of the two");
        continue;
      }
      const node = value === null ? scalar(null, "", entryPath, keyOrigin) : this.#node(value, entryPath, keyOrigin);
      if (node !== null && isMerge) merged.push(...this.#mergeable(node));
      else if (node !== null) entries.set(name, node);
    }
    for (const [name, node] of merged.flatMap((one) => one.kind === "map" ? [...one.entries] : [])) {
      if (!entries.has(name)) entries.set(name, node);
    }
    return mapNode(entries, { path, origin });
  }

  /** The mappings that `<<: *anchor` or `<<: [*one, *other]` brings in. */
  #mergeable(node: Node): readonly Node[] {
    const nodes = node.kind === "list" ? node.items : [node];
    const wrong = nodes.find(({ kind }) => kind !== "map");
    if (wrong !== undefined) this.#complain(wrong.origin, node.path, "<< must refer to a mapping", "such as <<: *name");
    return nodes;
  }
}

function scalar(value: unknown, source: string | undefined, path: string, origin: Origin): ScalarNode {
  const plain = typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null;
  // Dates and the like exist in old YAML versions only; there they are taken as the text that they are.
  const text = source ?? String(value);
  return { kind: "scalar", value: plain ? value : text, source: text, path, origin };
}

/** A value as a message quotes it. */
export function shown(node: Node): string {
  if (node.kind === "map") return "a mapping";
  if (node.kind === "list") return "a list";
  if (node.value === null) return "nothing";
  return typeof node.value === "string" ? quotedValue(node.source) : quoted(node.source, "");
}

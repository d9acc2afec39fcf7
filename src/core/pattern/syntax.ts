import type { CharSet } from "./char_set.ts";

export type Assertion = "start" | "end" | "word" | "notWord";

/** A pattern as it was understood. What is captured, and how greedily, makes no difference to whether it matches. */
export type PatternNode =
  /** One character of a set. */
  | { readonly kind: "set"; readonly set: CharSet }
  | { readonly kind: "sequence"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly options: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly part: PatternNode; readonly min: number; readonly max: number }
  | { readonly kind: "assert"; readonly what: Assertion };

export const NOTHING: PatternNode = { kind: "sequence", parts: [] };

export function oneOf(code: number): CharSet {
  return [code, code];
}

/** The same read from its end to its beginning. */
export function reversed(node: PatternNode): PatternNode {
  switch (node.kind) {
    case "sequence":
      return { kind: "sequence", parts: node.parts.map(reversed).reverse() };
    case "choice":
      return { kind: "choice", options: node.options.map(reversed) };
    case "repeat":
      return { ...node, part: reversed(node.part) };
    case "assert":
      return node.what === "start" ? { ...node, what: "end" } : node.what === "end" ? { ...node, what: "start" } : node;
    case "set":
      return node;
  }
}

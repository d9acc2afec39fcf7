import { type Node, type Path, textAt } from "../node.ts";
import type { Problem } from "../problem.ts";

/** What is wrong with a value, in a message that names its key, and what to do about it. */
export function broken(node: Node, message: string, hint: string | null): Problem {
  return { origin: node.origin, path: node.path, message, hint };
}

export function isSet(root: Node | undefined, path: Path): boolean {
  return (textAt(root, path) ?? "") !== "";
}

/** ` on line 7`, where that is known. */
export function onLine({ origin }: Node): string {
  return origin.kind === "file" ? ` on line ${origin.line}` : "";
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Which of the folders of the config a path is in. Pure. */
import { AppError, oneLine } from "../../core/mod.ts";

export interface Root {
  readonly path: string;
  readonly parts: readonly string[];
  readonly isWritable: boolean;
}

const MAX_SHOWN = 500;

/** The innermost root of a path, so that one in another one decides for what is in it; null for none. */
export function rootOf(roots: readonly Root[], parts: readonly string[], ignoresCase: boolean): Root | null {
  let found: Root | null = null;
  for (const root of roots) {
    if (isWithin(parts, root.parts, ignoresCase) && root.parts.length >= (found?.parts.length ?? 0)) found = root;
  }
  return found;
}

/** Whether a path is another one or below it. */
export function isWithin(parts: readonly string[], above: readonly string[], ignoresCase: boolean): boolean {
  const same = (a: string, b: string) => a === b || (ignoresCase && a.toLowerCase() === b.toLowerCase());
  return parts.length >= above.length && above.every((part, index) => same(part, parts[index] ?? ""));
}

/** A path of somebody else's for a message. */
export function shown(path: string): string {
  return oneLine(path.toWellFormed(), MAX_SHOWN);
}

export function notInRoots(path: string, roots: readonly Root[]): AppError {
  const all = roots.map((root) => root.path).join(", ");
  return new AppError(
    "forbidden",
    `${shown(path)} is in none of the folders of files.roots in this host's config: ${all}`,
  );
}

export function notWritable(path: string, root: Root): AppError {
  return new AppError(
    "forbidden",
    `Cannot change ${shown(path)}: files.roots in this host's config lets ${root.path} be read only`,
  );
}

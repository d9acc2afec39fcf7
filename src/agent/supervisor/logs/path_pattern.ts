import { basename, dirname, join } from "node:path";
import { fileOrNull } from "./app_source.ts";

/** More would be a mistake in the pattern, and are not told. */
const MAX_FILES = 200;
const MAX_ENTRIES = 20_000;

/** Whether a name matches a pattern of the same depth, in which `*` stands for any text, though not for a leading dot. */
export function nameMatches(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const [first = "", ...parts] = pattern.split("*");
  if (!name.startsWith(first)) return false;
  let at = first.length;
  const last = parts.pop();
  if (last === undefined) return name === pattern;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** The files that a path means whose names may have `*` in them, sorted. */
export function filesMatching(pattern: string): string[] {
  const budget = { entries: MAX_ENTRIES };
  return pathsMatching(pattern, budget).filter((path) => fileOrNull(path) !== null).sort().slice(0, MAX_FILES);
}

function pathsMatching(pattern: string, budget: { entries: number }): string[] {
  if (!pattern.includes("*")) return [pattern];
  const [parent, name] = [dirname(pattern), basename(pattern)];
  if (parent === pattern) return [];
  const parents = pathsMatching(parent, budget);
  if (!name.includes("*")) return parents.map((path) => join(path, name));
  return parents.flatMap((path) =>
    entriesOf(path, budget).filter((entry) => nameMatches(name, entry)).map((entry) => join(path, entry))
  );
}

function entriesOf(path: string, budget: { entries: number }): string[] {
  const names: string[] = [];
  try {
    for (const { name } of Deno.readDirSync(path)) {
      if (budget.entries-- <= 0) break;
      names.push(name);
    }
  } catch {
    // A directory that is missing or may not be read has no file that could be shown; the list of files shows that.
  }
  return names;
}

/** Paths of a host, whose system may be another than the browser's. They are absolute, of one of the host's roots. */

export interface Crumb {
  readonly name: string;
  readonly path: string;
}

const DRIVE = /^[A-Za-z]:[\\/]/;
const SHARE = /^\\\\[^\\/]+[\\/][^\\/]+/;

function isWindows(path: string): boolean {
  return DRIVE.test(path) || SHARE.test(path);
}

function separatorOf(path: string): string {
  return isWindows(path) ? "\\" : "/";
}

export function joinPath(folder: string, name: string): string {
  const separator = separatorOf(folder);
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
}

/** Where a path begins that has nothing above it: `/`, `C:\`, `\\server\share`. */
function headOf(path: string): string {
  if (SHARE.test(path)) return SHARE.exec(path)?.[0] ?? "";
  return DRIVE.test(path) ? path.slice(0, 3) : path.startsWith("/") ? "/" : "";
}

export function partsOf(path: string): string[] {
  return path.slice(headOf(path).length).split(isWindows(path) ? /[\\/]+/ : /\/+/).filter((part) => part !== "");
}

/** Null for what has nothing above it. */
export function parentOf(path: string): string | null {
  const [head, parts] = [headOf(path), partsOf(path)];
  if (parts.length === 0) return null;
  return parts.slice(0, -1).reduce(joinPath, head) || null;
}

export function nameOf(path: string): string {
  return partsOf(path).at(-1) ?? path;
}

/** Whether a path is the root itself or below it. */
export function isWithin(path: string, root: string): boolean {
  const [given, wanted] = [partsOf(path), partsOf(root)];
  const same = (a: string, b: string) => isWindows(root) ? a.toLowerCase() === b.toLowerCase() : a === b;
  return same(headOf(path), headOf(root)) && given.length >= wanted.length &&
    wanted.every((part, index) => same(part, given[index] ?? ""));
}

/** The root in which a path is; of several that hold it the longest. */
export function rootOf(path: string, roots: readonly string[]): string | null {
  const holding = roots.filter((root) => isWithin(path, root));
  return holding.sort((a, b) => partsOf(b).length - partsOf(a).length)[0] ?? null;
}

/** From the root down to the path itself. */
export function crumbsOf(path: string, root: string): Crumb[] {
  const crumbs: Crumb[] = [{ name: root, path: root }];
  let at = root;
  for (const name of partsOf(path).slice(partsOf(root).length)) {
    at = joinPath(at, name);
    crumbs.push({ name, path: at });
  }
  return crumbs;
}

/** Why a name cannot be given to a new file or folder; null where it can. */
export function nameProblem(name: string, folder: string): "empty" | "separator" | "dots" | "control" | "long" | null {
  if (name === "") return "empty";
  if (name.includes("/") || (isWindows(folder) && /[\\:*?"<>|]/.test(name))) return "separator";
  if (name === "." || name === "..") return "dots";
  // deno-lint-ignore no-control-regex -- a name with these could be made, and then hardly be got rid of
  if (/[\x00-\x1f\x7f]/.test(name)) return "control";
  return new TextEncoder().encode(name).length > 255 ? "long" : null;
}

import { AppError } from "../../core/mod.ts";

/** What a word of the command line names. */
export type Location =
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "remote"; readonly host: string; readonly path: string }
  /** `-`: standard input or output. */
  | { readonly kind: "standard" };

const DRIVE = /^[A-Za-z]$/;

/**
 * Reads `HOST:PATH` as scp does: what has a slash before its first colon is a path of this machine, and so is a drive's letter on
 * Windows. `win-1:C:\logs` is a path of a host.
 */
export function parseLocation(text: string, { isWindows }: { readonly isWindows: boolean }): Location {
  if (text === "-") return { kind: "standard" };
  if (text === "") throw new AppError("invalid_input", "A path is missing: it is an empty word");
  const colon = text.indexOf(":");
  const host = text.slice(0, Math.max(0, colon));
  if (colon < 0 || /[/\\]/.test(host) || (isWindows && DRIVE.test(host))) return { kind: "local", path: text };
  if (host === "") throw new AppError("invalid_input", `The host is missing before the colon in "${text}"`);
  return { kind: "remote", host, path: text.slice(colon + 1) };
}

/** The last name of a path of any system; "" for `/`, `C:\` and what ends in a slash. */
export function lastName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"), path.lastIndexOf(":")) + 1);
}

/** How a path of a host goes on with a name; hosts with drives have backslashes. */
export function joinRemote(folder: string, name: string): string {
  const separator = /^[A-Za-z]:/.test(folder) ? "\\" : "/";
  return /[/\\]$/.test(folder) ? `${folder}${name}` : `${folder}${separator}${name}`;
}

/** Whether a name that another machine gives may be one of a file here: it must not lead elsewhere. */
export function isPlainName(name: string, { isWindows }: { readonly isWindows: boolean }): boolean {
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name) || !name.isWellFormed()) return false;
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  return !isWindows || !/[\u0000-\u001f"*:<>?\\|]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
}

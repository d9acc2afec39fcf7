import { AppError } from "../../core/mod.ts";

/**
 * An environment as CreateProcessW takes it, but for the last zero: each `NAME=value` with a zero behind it, sorted by
 * name regardless of case, as programs search it so. Names that differ in case are one variable, of which the last
 * counts: whoever adds one to those that he was given means to replace it.
 * https://learn.microsoft.com/windows/win32/procthread/changing-environment-variables
 */
export function environmentBlock(env: Readonly<Record<string, string>>): string {
  const entries = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    refuseUnusable(name, value);
    entries.set(name.toUpperCase(), `${name}=${value}\0`);
  }
  // An empty one is two zeros, as the list must not end where it begins.
  if (entries.size === 0) return "\0";
  return [...entries].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry).join("");
}

/** A variable by its name in any case. */
export function variable(env: Readonly<Record<string, string>>, name: string): string | undefined {
  const wanted = name.toUpperCase();
  return Object.entries(env).findLast(([key]) => key.toUpperCase() === wanted)?.[1];
}

/** The value may be a secret and is not told. cmd.exe keeps directories in variables whose names begin with `=`. */
function refuseUnusable(name: string, value: string): void {
  if (name !== "" && !name.includes("=", 1) && !name.includes("\0") && !value.includes("\0")) return;
  const shown = JSON.stringify(name);
  throw new AppError(
    "invalid_input",
    `Cannot use the environment variable ${shown}: its name must not be empty or have "=" in it, and neither name ` +
      "nor value may have a zero character",
  );
}

import { fileError } from "./file_error.ts";

/**
 * A command takes no open files, so a shell that opens them runs a script and becomes the program, in a session of its
 * own. Arguments come to the script as `$0` and `$@`, so that nothing needs quoting.
 */
export function spawnByShell(
  script: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Deno.ChildProcess {
  return new Deno.Command("/bin/sh", {
    args: ["-c", script, ...args],
    cwd,
    env: { ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
}

/** Makes the file where it is missing, and gives its size. The shell could tell nobody that it cannot be written. */
export function checkAppending(path: string, mode?: number): number {
  try {
    const file = Deno.openSync(path, { append: true, create: true, ...(mode !== undefined && { mode }) });
    try {
      return file.statSync().size;
    } finally {
      file.close();
    }
  } catch (error) {
    throw fileError("append to", path, error);
  }
}

import { fileError } from "./file_error.ts";
import type { DetachedProcess, SpawnOptions } from "./halves.ts";

/**
 * `$0` is the output file and `$@` the program with its arguments, so that nothing needs quoting. Files that the shell
 * of our caller had open are closed: a lock held through one of them would otherwise be held as long as the child lives.
 */
const APPEND_OUTPUT = 'exec >>"$0" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec "$@"';
const OUTPUT_TAIL_BYTES = 64 * 1024;

/** A command takes no open files, so a shell opens the output file and becomes the program. */
export function spawnInSession({ argv, cwd, env, outputFile }: SpawnOptions): DetachedProcess {
  const alreadyThere = openForAppending(outputFile);
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", APPEND_OUTPUT, outputFile, ...argv],
    cwd,
    env: { ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  child.unref();
  return {
    pid: child.pid,
    exited: child.status.then(({ code, signal }) => ({ code, signal })),
    output: () => readFrom(outputFile, alreadyThere),
  };
}

/** Its size; whether it can be written is found out here, because the shell could tell nobody. */
function openForAppending(path: string): number {
  try {
    const file = Deno.openSync(path, { append: true, create: true });
    try {
      return file.statSync().size;
    } finally {
      file.close();
    }
  } catch (error) {
    throw fileError("append to", path, error);
  }
}

function readFrom(path: string, offset: number): string {
  const file = Deno.openSync(path);
  try {
    const { size } = file.statSync();
    const start = Math.max(offset, size - OUTPUT_TAIL_BYTES);
    if (start >= size) return "";
    file.seekSync(start, Deno.SeekMode.Start);
    const bytes = new Uint8Array(size - start);
    const read = file.readSync(bytes) ?? 0;
    return new TextDecoder().decode(bytes.subarray(0, read));
  } finally {
    file.close();
  }
}

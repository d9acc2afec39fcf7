import type { DetachedProcess, SpawnOptions } from "./halves.ts";
import { checkAppending, spawnByShell } from "./shell_spawn.posix.ts";

/**
 * `$0` is the output file and `$@` the program with its arguments, so that nothing needs quoting. Files that the shell
 * of our caller had open are closed: a lock held through one of them would otherwise be held as long as the child lives.
 */
const APPEND_OUTPUT = 'exec >>"$0" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec "$@"';
const OUTPUT_TAIL_BYTES = 64 * 1024;

export function spawnInSession({ argv, cwd, env, outputFile }: SpawnOptions): DetachedProcess {
  const alreadyThere = checkAppending(outputFile);
  const child = spawnByShell(APPEND_OUTPUT, [outputFile, ...argv], { cwd, env });
  child.unref();
  return {
    pid: child.pid,
    exited: child.status.then(({ code, signal }) => ({ code, signal })),
    output: () => readFrom(outputFile, alreadyThere),
  };
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

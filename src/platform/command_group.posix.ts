import { feed } from "./command_input.ts";
import type { CommandGroup, CommandOptions } from "./halves.ts";

/** `detached` makes the child the leader of a new session, and so of a process group that has its pid for a name. */
export function groupOfProcesses(
  { argv: [program, ...args], cwd, env, uid, gid, stdin }: CommandOptions,
): CommandGroup {
  const child = new Deno.Command(program, {
    args,
    ...(cwd !== undefined && { cwd }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    env: { ...env },
    clearEnv: true,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  if (stdin !== undefined) feed(child, stdin);
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    exited: child.status.then(({ code, signal }) => ({ code, signal })),
    kill: (signal) => killGroup(child.pid, signal),
  };
}

/**
 * A pid is not given anew while it is the name of a group with a living member, and pids are given in a circle: one
 * that became free a moment ago comes last. So this meets our group, or nobody.
 */
function killGroup(leader: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-leader, signal);
  } catch (error) {
    // NotFound: nobody of the group is left. PermissionDenied: who is left runs as somebody else, or, on macOS, has
    // ended and was not waited for yet. There is nobody whom we could end in any of these.
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) throw error;
  }
}

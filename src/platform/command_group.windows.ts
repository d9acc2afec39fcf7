import { feed } from "./command_input.ts";
import type { CommandGroup, CommandOptions } from "./halves.ts";

/** Windows has no process groups. A child that is not detached ends with us, so a plain one is what is wanted. */
export function singleProcess({ argv: [program, ...args], cwd, env, stdin }: CommandOptions): CommandGroup {
  const child = new Deno.Command(program, {
    args,
    ...(cwd !== undefined && { cwd }),
    env: { ...env },
    clearEnv: true,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) feed(child, stdin);
  let ended = false;
  const exited = child.status.then(({ code, signal }) => {
    ended = true;
    return { code, signal };
  });
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    kill() {
      if (!ended) child.kill("SIGKILL"); // there is no gentler one
    },
  };
}

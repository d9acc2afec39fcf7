import { AppError, messageOf } from "../../core/mod.ts";

/**
 * What a tool of the system prints, which is only ever some kilobytes: no shell, no environment but the C locale, no
 * input. The signal ends the tool; whoever cannot wait for that (the kernel may not let it die) goes on without it.
 */
export async function toolOutput(path: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const { success, code, stdout } = await run(path, args, signal);
  signal.throwIfAborted();
  if (!success) throw new AppError("unavailable", `${path} ended with exit code ${code}`);
  return new TextDecoder().decode(stdout);
}

async function run(path: string, args: readonly string[], signal: AbortSignal): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(path, {
      args: [...args],
      clearEnv: true,
      env: { LC_ALL: "C", PATH: "/usr/bin:/bin:/usr/sbin:/sbin" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal,
    }).output();
  } catch (error) {
    throw new AppError("unavailable", `Cannot run ${path}: ${messageOf(error)}`, { cause: error });
  }
}

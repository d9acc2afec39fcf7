/** The program for another user, who can read neither the repository nor the home of whoever runs the tests. */
import { bundle, writeBundle } from "../../scripts/bundle.ts";
import { EXECUTABLE } from "./agent.ts";
import { NOBODY, removeAll } from "./host.ts";

export interface OtherUser extends AsyncDisposable {
  readonly argv: readonly [string, ...string[]];
  readonly env: Record<string, string>;
  readonly home: string;
}

/** A copy of the executable, or of Deno and the sources as one file, and a home for `NOBODY`. For root only. */
export function programForAnybody(): Promise<OtherUser> {
  return copyFor(EXECUTABLE, "main.ts");
}

/** A copy of Deno, and a module with all that it imports as one file. For root only. */
export function scriptForAnybody(module: string): Promise<OtherUser> {
  return copyFor(undefined, module);
}

async function copyFor(executable: string | undefined, entry: string): Promise<OtherUser> {
  const dir = await Deno.realPath(await Deno.makeTempDir({ prefix: "farhand-e2e-" }));
  const home = `${dir}/home`;
  await Deno.chmod(dir, 0o755);
  await Deno.mkdir(home);
  await Deno.chown(home, NOBODY, NOBODY);
  const program = `${dir}/program`;
  await Deno.copyFile(executable ?? Deno.execPath(), program);
  await Deno.chmod(program, 0o755);
  const env = { PATH: "/usr/bin:/bin", HOME: home };
  const dispose = { [Symbol.asyncDispose]: () => removeAll(dir) };
  if (executable !== undefined) return { argv: [program], env, home, ...dispose };
  const script = await writeBundle(dir, await bundle({ commit: "test", entry }));
  const denoEnv = { ...env, DENO_DIR: `${home}/.deno`, DENO_NO_UPDATE_CHECK: "1" };
  return { argv: [program, "run", "-A", "--no-config", script], env: denoEnv, home, ...dispose };
}

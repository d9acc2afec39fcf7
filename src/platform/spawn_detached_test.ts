import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import type { DetachedProcess, ExitStatus } from "./halves.ts";
import { isSameProcess, processIdentity, signalProcess } from "./process_identity.ts";
import { spawnDetached } from "./spawn_detached.ts";
import { startScript, until } from "./testing.ts";

const ignore = Deno.build.os === "windows";
const env = { PATH: "/usr/bin:/bin", GREETING: "hello" };

/** The status promise alone keeps no event loop running, so the test polls. */
async function exitOf(child: DetachedProcess): Promise<ExitStatus> {
  let ended = false;
  child.exited.then(() => ended = true);
  await until(() => ended);
  return await child.exited;
}

function withOutput(use: (directory: string, outputFile: string) => Promise<void>): Promise<void> {
  return inPlainTempDir((directory) => use(directory, join(directory, "out put.log")));
}

Deno.test(
  { name: "arguments arrive as given, output of both kinds is appended, the exit code is told", ignore },
  () =>
    withOutput(async (cwd, outputFile) => {
      await Deno.writeTextFile(outputFile, "before\n");
      const script = 'printf "%s|" "$@"; echo " $GREETING" >&2; pwd; exit 7';
      const child = spawnDetached({ argv: ["/bin/sh", "-c", script, "sh", "a b", "'$x'", ""], cwd, env, outputFile });
      assert.deepEqual(await exitOf(child), { code: 7, signal: null });
      assert.equal(child.output(), `a b|'$x'|| hello\n${await Deno.realPath(cwd)}\n`);
      assert.equal(await Deno.readTextFile(outputFile), `before\n${child.output()}`);
    }),
);

Deno.test(
  { name: "the environment is the given one and nothing else", ignore },
  () =>
    withOutput(async (cwd, outputFile) => {
      const child = spawnDetached({ argv: ["/usr/bin/env"], cwd, env, outputFile });
      await exitOf(child);
      const names = child.output().trim().split("\n").map((line) => line.split("=", 1)[0]);
      assert.deepEqual(names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name ?? "")).sort(), [
        "GREETING",
        "PATH",
      ]);
    }),
);

Deno.test({
  name: "it has its own session, no terminal, no input, and SIGPIPE ends it",
  ignore: Deno.build.os !== "linux",
}, () =>
  withOutput(async (cwd, outputFile) => {
    const script = "cat /proc/$$/stat; readlink /proc/$$/fd/0; umask; yes | head -1; kill -PIPE $$; echo ignored";
    const child = spawnDetached({ argv: ["/bin/sh", "-c", script], cwd, env, outputFile });
    assert.equal((await exitOf(child)).signal, "SIGPIPE");
    const [stat = "", stdin, umask, ...rest] = child.output().trim().split("\n");
    const [group, session, terminal] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(2, 5).map(Number);
    assert.deepEqual([group, session, terminal, stdin], [child.pid, child.pid, 0, "/dev/null"]);
    assert.equal(parseInt(umask ?? "", 8), Deno.umask());
    assert.deepEqual(rest, ["y"]);
  }));

Deno.test(
  { name: "a program that does not exist, a bad directory and a bad output file say so", ignore },
  () =>
    withOutput(async (cwd, outputFile) => {
      const child = spawnDetached({ argv: ["/no/such/program"], cwd, env, outputFile });
      assert.equal((await exitOf(child)).code, 127);
      assert.match(child.output(), /\/no\/such\/program.*not found/);
      const argv = ["/bin/true"] as const;
      const isAppError = (part: string) => (error: unknown) =>
        error instanceof AppError && error.message.includes(part);
      assert.throws(() => spawnDetached({ argv, cwd: "/no/such/dir", env, outputFile }), isAppError("/no/such/dir"));
      assert.throws(() => spawnDetached({ argv, cwd, env, outputFile: "/no/such/log" }), isAppError("/no/such/log"));
    }),
);

Deno.test({ name: "it lives on when its parent is killed", ignore }, () =>
  withOutput(async (cwd, outputFile) => {
    const body = `
      const wait = "while kill -0 " + Deno.pid + " 2>/dev/null; do sleep 0.01; done; echo survived; exec sleep 60";
      const options = { cwd: ${JSON.stringify(cwd)}, env: ${JSON.stringify(env)}, outputFile: ${
      JSON.stringify(outputFile)
    } };
      console.log(platform.spawnDetached({ argv: ["/bin/sh", "-c", wait], ...options }).pid);
      setInterval(() => {}, 1_000);`;
    await using parent = startScript(body);
    const identity = processIdentity(Number(await parent.nextLine()));
    assert.ok(identity);
    parent.kill("SIGKILL");
    await parent.status;
    await until(async () => (await Deno.readTextFile(outputFile)) === "survived\n");
    assert.equal(isSameProcess(identity), true);
    signalProcess(identity, "SIGKILL");
  }));

Deno.test({ name: "it does not keep its parent running", ignore }, () =>
  withOutput(async (cwd, outputFile) => {
    const options = JSON.stringify({ argv: ["/bin/sleep", "60"], cwd, env, outputFile });
    await using parent = startScript(`console.log(platform.spawnDetached(${options}).pid);`);
    const identity = processIdentity(Number(await parent.nextLine()));
    assert.ok(identity);
    assert.equal((await parent.status).code, 0);
    assert.equal(signalProcess(identity, "SIGKILL"), "sent");
  }));

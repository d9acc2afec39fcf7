import assert from "node:assert/strict";
import { join } from "node:path";
import { isSameProcess, processIdentity, signalProcess, spawnDetached } from "../../src/platform/mod.ts";
import { startScript, until } from "../../src/platform/testing.ts";
import { inPlainTempDir } from "../helpers/temp_dir.ts";

// A detached child outlives its parent under Wine as on Windows. Wine has no job that a console or a service would put
// us in, so "breakaway" from such a job is not shown.
const ignore = Deno.build.os !== "windows";

Deno.test(
  { name: "what a background program says on stderr is collected, with its exit code", ignore },
  () =>
    inPlainTempDir(async (cwd) => {
      const code = "console.error('cannot start:', Deno.args[0], Deno.cwd() === Deno.args[1]); Deno.exit(3);";
      const argv = [Deno.execPath(), "eval", code, "a b", cwd] as const;
      const child = spawnDetached({ argv, cwd, env: Deno.env.toObject(), outputFile: join(cwd, "unused.log") });
      let ended = false;
      child.exited.then(() => ended = true);
      await until(() => ended);
      assert.deepEqual(await child.exited, { code: 3, signal: null });
      assert.equal(child.output().trim(), "cannot start: a b true");
    }),
);

Deno.test(
  { name: "a background program lives on when its parent is killed, also while it writes to stderr", ignore },
  () =>
    inPlainTempDir(async (cwd) => {
      const beats = join(cwd, "beats");
      const code = `setInterval(() => {
      console.error("x".repeat(100));
      Deno.writeTextFileSync(${JSON.stringify(beats)}, "beat\\n", { append: true });
    }, 20);`;
      await using parent = startScript(`
      const argv = [Deno.execPath(), "eval", ${JSON.stringify(code)}];
      const options = { argv, cwd: ${JSON.stringify(cwd)}, env: Deno.env.toObject(), outputFile: "unused" };
      console.log(platform.spawnDetached(options).pid);
      setInterval(() => {}, 1_000);`);
      const identity = processIdentity(Number(await parent.nextLine()));
      assert.ok(identity);
      const count = () => Deno.readTextFileSync(beats).length;
      await until(() => [...Deno.readDirSync(cwd)].length > 0);
      parent.kill("SIGKILL");
      await parent.status;
      const atDeath = count();
      await until(() => count() > atDeath + 200);
      assert.equal(isSameProcess(identity), true);
      assert.equal(signalProcess(identity, "SIGKILL"), "sent");
      await until(() => processIdentity(identity.pid) === null);
    }),
);

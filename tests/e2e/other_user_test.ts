import assert from "node:assert/strict";
import { command, runToEnd } from "../helpers/agent_process.ts";
import { IS_ROOT, NOBODY, processesNaming, until } from "../helpers/host.ts";
import { programForAnybody } from "../helpers/other_user.ts";

Deno.test({
  name: "a plain user runs the agent with no flags at all, in places of their own",
  ignore: !IS_ROOT,
  fn: async () => {
    await using program = await programForAnybody();
    const run = (...args: string[]) =>
      runToEnd(command([...program.argv, ...args], { env: program.env, cwd: program.home, uid: NOBODY }));
    const started = await run("start", "--json");
    assert.equal(started.code, 0, started.stderr);
    const { pid, config, log } = JSON.parse(started.stdout);
    try {
      assert.deepEqual([config, log], [null, `${program.home}/.local/state/farhand/agent.log`]);
      const { code, stdout } = await run("status", "--json");
      assert.deepEqual([code, JSON.parse(stdout).pid], [0, pid]);
      assert.equal(JSON.parse(stdout).paths.workDir, `${program.home}/.local/state/farhand`);
      assert.equal((await run("doctor")).code, 0);
      assert.equal((await Deno.stat(log)).uid, NOBODY);
    } finally {
      assert.equal((await run("stop", "--force", "--timeout", "10s")).code, 0);
    }
    await until(async () => (await processesNaming(program.home)).length === 0, "no process is left");
  },
});

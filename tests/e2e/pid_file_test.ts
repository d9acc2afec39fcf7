import assert from "node:assert/strict";
import { AgentProcess, command } from "../helpers/agent_process.ts";
import { scenario, type World } from "../helpers/agent.ts";
import { runs, until } from "../helpers/host.ts";

/** An agent that was started over the remains of another; the warning about them in its log. */
async function staleWarning(world: World): Promise<Record<string, unknown> | undefined> {
  await world.start();
  return (await world.logRecords()).find(({ msg }) => msg === "replaced a stale pid file");
}

scenario("a pid file of a dead process is replaced, with a warning in the log", async (world) => {
  const child = new Deno.Command("true").spawn();
  await child.status;
  await Deno.mkdir(world.workDir, { mode: 0o700 });
  await Deno.writeTextFile(world.pidFile, `${child.pid}\nstart=1 boot=2\n`);
  await world.expect(3, ["status"]);
  await world.expect(3, ["stop"]);
  const { level, pid, reason } = await staleWarning(world) ?? {};
  assert.deepEqual([level, pid, reason], ["warn", child.pid, "dead"]);
});

scenario("a pid file whose pid another process has now is replaced, and that process is not touched", async (world) => {
  await Deno.mkdir(world.workDir, { mode: 0o700 });
  await Deno.writeTextFile(world.pidFile, `${Deno.pid}\nstart=1 boot=2\n`);
  await world.expect(3, ["stop", "--force", "--timeout", "100ms"]);
  const { level, pid, reason } = await staleWarning(world) ?? {};
  assert.deepEqual([level, pid, reason], ["warn", Deno.pid, "reused"]);
});

scenario("a pid file of another program is neither overwritten nor believed", async (world) => {
  const pidFile = `${world.dir}/other.pid`;
  const set = ["--set", `agent.pid_file=${pidFile}`];
  for (
    const [text, message] of [[`${Deno.pid}\n`, /which runs and is no agent/], [
      "hello\n",
      /is not a pid file/,
    ]] as const
  ) {
    await Deno.writeTextFile(pidFile, text);
    const { code, stderr } = await world.agent(["start", ...set]);
    assert.notEqual(code, 0);
    assert.match(stderr, message);
    assert.equal(await Deno.readTextFile(pidFile), text);
    assert.deepEqual(await world.processes(), []);
  }
});

scenario("after kill -9 a start works at once", async (world) => {
  for (let round = 0; round < 3; round++) {
    const pid = await world.start();
    Deno.kill(pid, "SIGKILL");
    await until(() => !runs(pid), "it is dead");
    await world.expect(3, ["status"]);
  }
  await world.start();
  assert.equal((await world.processes()).length, 1);
});

scenario("no second agent runs on a work directory, even when the pid file is gone", async (world) => {
  const pid = await world.start();
  const message = new RegExp(`Another agent runs on ${world.workDir}; stop it, or give this one its own --work-dir`);
  assert.match((await world.expect(7, ["run"])).stderr, message);
  await Deno.remove(world.pidFile);
  assert.match((await world.expect(7, ["run"])).stderr, message);
  const elsewhere = ["--set", `agent.control.socket=${world.dir}/other.sock`];
  assert.match((await world.expect(7, ["run", ...elsewhere])).stderr, message);
  assert.equal((await world.status()).pid, pid);
});

scenario("agents on different work directories live side by side", async (world) => {
  const flags = (name: string) => ["--config", world.configFile, "--work-dir", `${world.dir}/${name}`];
  const pids = await Promise.all(["one", "two"].map(async (name) => {
    const { stdout } = await world.expect(0, ["start", "--json"], { flags: flags(name) });
    return JSON.parse(stdout).pid;
  }));
  assert.notEqual(pids[0], pids[1]);
  await world.expect(0, ["stop"], { flags: flags("one") });
  const { stdout } = await world.expect(0, ["status", "--json"], { flags: flags("two") });
  assert.equal(JSON.parse(stdout).pid, pids[1]);
});

scenario("the lock is free after a stop: another program can take it", async (world) => {
  await world.start();
  await world.expect(0, ["stop"]);
  const take = ["flock", "--nonblock", world.lockFile, "true"] as const;
  const ended = await new AgentProcess(command([...take], { env: await world.env(), cwd: world.dir })).ended;
  assert.equal(ended.code, 0);
});

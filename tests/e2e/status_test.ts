import assert from "node:assert/strict";
import { scenario } from "../helpers/agent.ts";

scenario("status shows the agent, its files and its parts, as text and as JSON", async (world) => {
  const pid = await world.start();
  const { stdout } = await world.expect(0, ["status"]);
  assert.match(stdout, /^● agent is ok since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(\d+s\)$/m);
  for (
    const [name, value] of [["pid", pid], ["config", world.configFile], ["work dir", world.workDir], [
      "socket",
      world.socket,
    ]]
  ) {
    assert.match(stdout, new RegExp(`^ +${name} +${value}$`, "m"));
  }
  assert.match(stdout, new RegExp(`^ +log +${world.logFile} \\(info\\)$`, "m"));
  for (const component of ["instance", "control-socket", "trim"]) {
    assert.match(stdout, new RegExp(`^${component} +ok +\\d{4}-`, "m"));
  }
  const json = JSON.parse((await world.expect(0, ["status", "--json"])).stdout);
  const { uptimeMs: _, memory: __, ...constant } = await world.status();
  assert.deepEqual({ ...json, uptimeMs: undefined, memory: undefined }, {
    ...constant,
    uptimeMs: undefined,
    memory: undefined,
  });
  assert.deepEqual([json.state, json.pid, json.mode, json.listen], ["ok", pid, "standalone", null]);
});

scenario("status says with exit code 3 that no agent runs", async (world) => {
  const { stdout, stderr } = await world.expect(3, ["status"]);
  assert.equal(stdout, "");
  assert.equal(stderr, `error: The agent is not running: nothing answers on ${world.socket}\n`);
  const { stderr: json } = await world.expect(3, ["status", "--json"]);
  assert.deepEqual(Object.keys(JSON.parse(json)), ["code", "msg", "data"]);
});

scenario("commands that ask say the same when no agent runs", async (world) => {
  for (const args of [["reload"], ["log-level"], ["log-level", "debug"]]) {
    const { stderr } = await world.expect(3, args);
    assert.equal(stderr, `error: The agent is not running: nothing answers on ${world.socket}\n`, args.join(" "));
  }
});

scenario("every command that asks gives up on an agent that hangs and says that it runs", async (world) => {
  const pid = await world.start();
  Deno.kill(pid, "SIGSTOP");
  const message = `The agent, pid ${pid}, runs but does not answer on ${world.socket}`;
  const asked = [["status"], ["reload"], ["log-level"]].map(async (args) => {
    const { stderr } = await world.expect(1, args);
    assert.ok(stderr.includes(message), `${args}: ${stderr}`);
  });
  const start = world.expect(5, ["start", "--timeout", "1s"]);
  await Promise.all([...asked, start]);
  assert.ok((await start).stderr.includes(message), (await start).stderr);
  Deno.kill(pid, "SIGCONT");
  assert.equal((await world.status()).pid, pid);
});

scenario("status and stop still find the agent after its config has become invalid", async (world) => {
  const config = `agent:\n  work_dir: ${world.workDir}\n`;
  const flags = ["--config", world.configFile];
  await world.configure(config);
  await world.expect(0, ["start"], { flags });
  for (const addition of ["  colour: red\n", "manager:\n  adress: x\n", "x: [\n", "\tx: 1\n", "agent:\n"]) {
    await world.configure(config + addition);
    const { stdout, stderr } = await world.expect(0, ["status"], { flags });
    assert.match(stdout, /agent is ok/);
    assert.match(stderr, /^warning: Cannot read config/, "it should be said that the config is broken");
  }
  await world.expect(0, ["stop"], { flags });
  assert.deepEqual(await world.processes(), []);
});

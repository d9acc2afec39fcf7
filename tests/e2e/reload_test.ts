import assert from "node:assert/strict";
import { scenario } from "../helpers/agent.ts";

scenario("reload says what is in force now, what needs a restart, and when nothing has changed", async (world) => {
  await world.start();
  const nothing = await world.expect(0, ["reload"]);
  assert.equal(nothing.stdout, `reloaded ${world.configFile}\n  nothing has changed\n`);
  await world.configure("agent:\n  id: web-1\n  log: { level: debug, max_files: 3 }\n  trim_interval: 1m\n");
  const { stdout } = await world.expect(0, ["reload"]);
  assert.match(stdout, /^ {2}in force now: agent\.log\.level, agent\.trim_interval$/m);
  assert.match(stdout, /^ {2}needs agent restart: agent\.id, agent\.log\.max_files$/m);
  assert.equal((await world.status()).logLevel, "debug");
  const again = JSON.parse((await world.expect(0, ["reload", "--json"])).stdout);
  assert.deepEqual(again, {
    file: world.configFile,
    applied: [],
    needsRestart: ["agent.id", "agent.log.max_files"],
    warnings: [],
  });
});

scenario("reload of a bad file fails with its line, and the agent keeps its config", async (world) => {
  const pid = await world.start();
  await world.configure("agent:\n  log:\n    level: debug\n    max_size: big\n");
  const { stderr } = await world.expect(2, ["reload"]);
  assert.match(stderr, /line 4: agent\.log\.max_size must be a size such as 500MB, got 'big'/);
  const { pid: now, logLevel } = await world.status();
  assert.deepEqual([now, logLevel], [pid, "info"]);
});

scenario("reload of a file that has vanished fails, and the agent keeps its config", async (world) => {
  await world.start();
  await Deno.remove(world.configFile);
  const { stderr } = await world.expect(2, ["reload"]);
  assert.match(stderr, new RegExp(`Cannot read config ${world.configFile}: no such file`));
  assert.equal((await world.status()).state, "ok");
});

scenario("a reload keeps what was given on the command line above the file", async (world) => {
  await world.start("--set", "agent.log.level=error");
  await world.configure("agent: { log: { level: debug } }\n");
  await world.expect(0, ["reload"]);
  assert.equal((await world.status()).logLevel, "error");
});

scenario("the agent reads its config again although it was started elsewhere, by a relative path", async (world) => {
  const flags = ["--config", "agent.yaml", "--work-dir", "work"];
  await world.expect(0, ["start"], { flags });
  await world.configure("agent: { log: { level: debug } }\n");
  await world.expect(0, ["reload"], { cwd: "/" });
  assert.equal((await world.status()).logLevel, "debug");
});

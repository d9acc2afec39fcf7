import assert from "node:assert/strict";
import { REPOSITORY, scenario } from "../helpers/agent.ts";

scenario("config show tells each value's origin: default, file with line, environment, flag", async (world) => {
  await world.configure("agent:\n  id: web-1\n  stop_timeout: 5s\n");
  const { stdout } = await world.expect(0, ["config", "show", "--set", "agent.log.max_files=3"], {
    env: { AGENT_LOG_LEVEL: "debug" },
  });
  const originOf = (key: string) =>
    stdout.split("\n").find((line) => line.startsWith(`${key} `))?.split(/ {2,}/).slice(1);
  assert.deepEqual(originOf("agent.id"), ["web-1", `${world.configFile}:2`]);
  assert.deepEqual(originOf("agent.stop_timeout"), ["5s", `${world.configFile}:3`]);
  assert.deepEqual(originOf("agent.log.level"), ["debug", "environment AGENT_LOG_LEVEL"]);
  assert.deepEqual(originOf("agent.log.max_files"), ["3", "flag --set agent.log.max_files"]);
  assert.deepEqual(originOf("agent.work_dir"), [world.workDir, "flag --work-dir"]);
  assert.deepEqual(originOf("agent.trim_interval"), ["10s", "default"]);
});

scenario("flags win over the environment, which wins over the file", async (world) => {
  await world.configure("agent: { log: { level: warn } }\n");
  const level = async (args: string[], env: Record<string, string>) =>
    JSON.parse((await world.expect(0, ["config", "show", "--json", ...args], { env })).stdout).agent.log.level;
  assert.equal(await level([], {}), "warn");
  assert.equal(await level([], { AGENT_LOG_LEVEL: "error" }), "error");
  assert.equal(await level(["--set", "agent.log.level=debug"], { AGENT_LOG_LEVEL: "error" }), "debug");
});

scenario("what config show --yaml prints is itself a good config of the same meaning", async (world) => {
  await world.configure("agent: { id: web-1 }\ncollectors: { cpu: { interval: 15s } }\n");
  const { stdout } = await world.expect(0, ["config", "show", "--yaml"]);
  const before = (await world.expect(0, ["config", "show", "--json"])).stdout;
  await world.configure(stdout);
  assert.deepEqual(JSON.parse((await world.expect(0, ["config", "show", "--json"])).stdout), JSON.parse(before));
});

scenario("config schema prints the JSON schema that is in configs/", async (world) => {
  const { stdout } = await world.expect(0, ["config", "schema"]);
  const schema = JSON.parse(stdout);
  assert.equal(schema.type, "object");
  assert.deepEqual(Object.keys(schema.properties.agent.properties).includes("work_dir"), true);
});

scenario("the annotated example and the one for development are good configs", async (world) => {
  for (const name of ["agent.yaml", "agent.dev.yaml"]) {
    const file = `${REPOSITORY}/configs/${name}`;
    const { stdout } = await world.expect(0, ["config", "check"], { flags: ["--config", file] });
    assert.equal(stdout, `valid: ${file}\n`);
  }
});

scenario("AGENT_CONFIG names the config file, and --config wins over it", async (world) => {
  await world.configure("agent: { id: from-file }\n");
  const env = { AGENT_CONFIG: world.configFile };
  assert.match((await world.expect(0, ["config", "show"], { env, flags: [] })).stdout, /from-file/);
  const { stderr } = await world.expect(2, ["config", "show"], { env, flags: ["--config", "/no/such/file"] });
  assert.match(stderr, /Cannot read config \/no\/such\/file: no such file/);
});

for (const name of ["legacy_full", "legacy_single", "legacy_standalone"]) {
  scenario(`the old daemon's config ${name}.yaml starts an agent unchanged`, async (world) => {
    const file = `${REPOSITORY}/tests/fixtures/configs/${name}.yaml`;
    const own = ["--set", `agent.log.file=${world.logFile}`, "--set", `agent.pid_file=${world.pidFile}`];
    const flags = ["--config", file, "--work-dir", world.workDir, ...own];
    await world.expect(0, ["config", "check"], { flags });
    await world.expect(0, ["start"], { flags });
    const { state, mode, config } = await world.status();
    // The old daemon's manager is not there, nor is the certificate that it was to be believed by.
    const expected = name === "legacy_standalone" ? ["ok", "standalone"] : ["degraded", "managed"];
    assert.deepEqual([state, mode], expected);
    assert.equal((config as { file: string }).file, file);
    await world.expect(0, ["stop"], { flags });
    assert.deepEqual(await world.processes(), []);
  });
}

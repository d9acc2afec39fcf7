import assert from "node:assert/strict";
import { scenario } from "../helpers/agent.ts";
import { readProc } from "../helpers/host.ts";

const ESCAPE = "\x1b";

scenario("at level debug each request is logged, and at info none is", async (world) => {
  await world.start();
  await world.status();
  assert.equal((await world.expect(0, ["log-level"])).stdout, "info\n");
  assert.equal((await world.log()).includes('"msg":"request"'), false);
  assert.equal((await world.expect(0, ["log-level", "debug"])).stdout, "debug\n");
  await world.status();
  await world.logged('"path":"/v1/status"');
  const record = (await world.logRecords()).find(({ path }) => path === "/v1/status");
  assert.deepEqual([record?.level, record?.component, record?.method, record?.status], [
    "debug",
    "control",
    "GET",
    200,
  ]);
  assert.deepEqual(JSON.parse((await world.expect(0, ["log-level", "warn", "--json"])).stdout), { level: "warn" });
  await world.expect(2, ["log-level", "loud"]);
});

scenario("the log file has one JSON object per line, each with time, level and message", async (world) => {
  await world.start();
  await world.expect(0, ["stop"]);
  const records = await world.logRecords();
  assert.ok(records.length > 5);
  for (const { ts, level, msg } of records) {
    assert.match(String(ts), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(String(level), /^(debug|info|warn|error)$/);
    assert.equal(typeof msg, "string");
  }
  assert.equal((await Deno.stat(world.logFile)).mode! & 0o007, 0, "the log is not for everybody");
});

scenario("run prints text for people, without colour where there is no terminal", async (world) => {
  const agent = await world.run();
  agent.signal("SIGTERM");
  const { stdout, stderr } = await agent.ended;
  assert.equal(stdout, "");
  assert.match(stderr, /^\d\d:\d\d:\d\d\.\d{3} INFO +agent starting /);
  assert.equal(stderr.includes(ESCAPE), false);
});

scenario("run --log-format json prints JSON lines", async (world) => {
  const agent = await world.run(["--log-format", "json"]);
  agent.signal("SIGTERM");
  const records = (await agent.ended).stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual([records.at(0)?.msg, records.at(-1)?.msg], ["agent starting", "agent stopped"]);
  await world.expect(2, ["run", "--log-format", "xml"]);
});

scenario("no command prints escape codes where there is no terminal or NO_COLOR is set", async (world) => {
  await world.start();
  for (const args of [["status"], ["doctor"], ["config", "show"], ["config", "check"], ["reload"], ["--help"]]) {
    for (const env of [{}, { NO_COLOR: "1" }] as Record<string, string>[]) {
      const { stdout, stderr } = await world.agent(args, { env });
      assert.equal((stdout + stderr).includes(ESCAPE), false, `${args} ${JSON.stringify(env)}`);
    }
  }
});

scenario("secrets of the config are in no log, no output and no command line", async (world) => {
  const secrets = { file: "one-very-secret-token", env: "two-very-secret-token", url: "three-very-secret" };
  await world.configure(`manager: { address: "wss://manager.invalid", token: ${secrets.file} }\n`);
  const pid = await world.start("--set", "agent.log.level=debug");
  const env = { AGENT_MANAGER_TOKEN: secrets.env };
  const printed = [readProc(`${pid}/cmdline`)];
  for (
    const args of [
      ["config", "show"],
      ["config", "show", "--json"],
      ["config", "show", "--yaml"],
      ["status"],
      ["status", "--json"],
      ["reload"],
      ["doctor"],
    ]
  ) {
    for (const options of [{}, { env }]) {
      const { stdout, stderr } = await world.agent(args, options);
      printed.push(stdout, stderr);
    }
  }
  await world.configure(`manager: { address: "wss://u:${secrets.url}@manager.invalid", token: ${secrets.file} }\n`);
  printed.push((await world.agent(["reload"])).stderr, (await world.agent(["config", "check"])).stderr);
  printed.push(await world.log(), await Deno.readTextFile(`${world.workDir}/agent.stderr`));
  for (const secret of Object.values(secrets)) assert.equal(printed.join("\n").includes(secret), false, secret);
  assert.match(printed.join("\n"), /\[redacted\]/);
});

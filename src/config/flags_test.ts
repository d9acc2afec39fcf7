import assert from "node:assert/strict";
import { loadConfig } from "./load.ts";

const defaults = { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" };

function load(...set: string[]) {
  return loadConfig({ file: null, fileRequired: true, env: {}, defaults, cwd: "/", flags: { set } });
}

Deno.test("--set takes a value of any key, and the last one wins", async () => {
  const { config } = await load(
    "agent.id=a=b",
    "agent.log.level=debug",
    "agent.log.level=error",
    "collectors={cpu: {enabled: off}}",
    "collectors.network.interfaces=[eth0]",
    "processes=[{id: a, command: [/a]}]",
  );
  assert.equal(config.agent.id, "a=b");
  assert.equal(config.agent.log.level, "error");
  assert.equal(config.collectors.cpu.enabled, false);
  assert.deepEqual(config.collectors.network.interfaces, ["eth0"]);
  assert.equal(config.processes.length, 1);
});

for (
  const [pair, expected] of [
    [
      "agent.log.levle=debug",
      "flag --set agent.log.levle: agent.log.levle is not a known key; did you mean agent.log.level?",
    ],
    [
      "heartbeat_interval=5s",
      "flag --set heartbeat_interval: heartbeat_interval is not a known key; did you mean manager.heartbeat_interval?",
    ],
    ["zzz=1", "flag --set zzz: zzz is not a known key; see agent config schema"],
    ["__proto__.x=1", "flag --set __proto__.x: __proto__.x is not a known key; see agent config schema"],
    [
      "processes[0].id=x",
      "flag --set processes[0].id: processes[0].id is not a known key; processes is a list and can only be set as a whole",
    ],
    ["agent.log.level", "flag --set: must be key=value; such as --set agent.log.level=debug"],
    ["=x", "flag --set: must be key=value; such as --set agent.log.level=debug"],
    [
      "agent.stop_timeout=5",
      "flag --set agent.stop_timeout: agent.stop_timeout must be a duration such as 60s, got '5'; write 5s",
    ],
  ] as const
) {
  Deno.test(`--set ${pair} is refused`, () =>
    assert.rejects(load(pair), { code: "invalid_config", message: `Cannot read config: ${expected}` }));
}

Deno.test("a secret on the command line is refused without being repeated", async () => {
  await assert.rejects(load("manager.token=hunter2-hunter2"), (error: Error) => {
    assert.match(error.message, /manager\.token must not be given on the command line/);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
});

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { environmentKeys, environmentName } from "./environment.ts";
import { loadConfig } from "./load.ts";
import { configSchema } from "./schema/config.ts";
import { keysBelow, schemaKeys } from "./schema_keys.ts";

const defaults = { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" };

function load(env: Record<string, string>) {
  return loadConfig({ file: null, fileRequired: true, env, defaults, cwd: "/" });
}

Deno.test("a variable is named after its key, without the agent section's own name", () => {
  assert.equal(environmentName("agent.log.level"), "AGENT_LOG_LEVEL");
  assert.equal(environmentName("manager.address"), "AGENT_MANAGER_ADDRESS");
  assert.equal(environmentName("process_defaults.restart.max_retries"), "AGENT_PROCESS_DEFAULTS_RESTART_MAX_RETRIES");
});

Deno.test("no two keys share a variable", () => {
  const root = schemaKeys(configSchema(defaults));
  const keys = [...keysBelow(root)].filter(({ path }) => path !== "agent");
  assert.equal(environmentKeys(root).size, keys.length);
});

Deno.test("text is taken as it stands, numbers, lists and sections are YAML", async () => {
  const { config, warnings } = await load({
    AGENT_ID: "007",
    AGENT_LOG_FILE: "/logs/a #1: b.log",
    AGENT_LOG_MAX_FILES: "7",
    AGENT_LOG_MAX_SIZE: "1048576",
    AGENT_POLICY_EXEC: "on",
    AGENT_MANAGER_ADDRESS: "",
    AGENT_COLLECTORS_DISK_MOUNT_POINTS: "[/, /data]",
    AGENT_COLLECTORS: "{interval: 5s, cpu: {enabled: false}}",
    AGENT_COLLECTORS_INTERVAL: "7s",
    AGENT_PROCESSES: "[{id: shop, command: [/opt/shop]}]",
    AGENT_UPDATE: "",
    PATH: "/bin",
  });
  assert.equal(config.agent.id, "007");
  assert.equal(config.agent.log.file, resolve("/logs/a #1: b.log"));
  assert.deepEqual([config.agent.log.max_files, config.agent.log.max_size.bytes], [7, 1048576]);
  assert.equal(config.policy.exec, true);
  assert.deepEqual(config.collectors.disk.mount_points, ["/", "/data"]);
  assert.deepEqual([String(config.collectors.interval), config.collectors.cpu.enabled], ["7s", false]);
  assert.equal(config.processes[0]?.name, "shop");
  assert.deepEqual(warnings, []);
});

Deno.test("quotes around a text are YAML's", async () => {
  const { config } = await load({ AGENT_ID: "'web 1'" });
  assert.equal(config.agent.id, "web 1");
});

Deno.test("an unknown variable is a warning with the nearest name", async () => {
  const { warnings } = await load({ AGENT_LOGLEVEL: "debug", AGENT_XYZZY: "1", "AGENT_\x1b[0m": "" });
  assert.deepEqual(warnings, [
    "environment variable AGENT_\\u{1b}[0m is not known and is ignored",
    "environment variable AGENT_LOGLEVEL is not known and is ignored; did you mean AGENT_LOG_LEVEL?",
    "environment variable AGENT_XYZZY is not known and is ignored",
  ]);
});

for (
  const [name, value, expected] of [
    [
      "AGENT_LOG_LEVEL",
      "wran",
      "agent.log.level must be one of debug, info, warn, error, got 'wran'; did you mean warn?",
    ],
    ["AGENT_LOG_MAX_FILES", "many", "agent.log.max_files must be a whole number from 1 to 1000, got 'many'"],
    [
      "AGENT_LOG_MAX_FILES",
      "",
      "agent.log.max_files must be a whole number from 1 to 1000, got nothing; give it a value, or remove the line",
    ],
    ["AGENT_COLLECTORS_INTERVAL", "60", "collectors.interval must be a duration such as 60s, got '60'; write 60s"],
    [
      "AGENT_COLLECTORS_DISK_MOUNT_POINTS",
      "/data",
      "collectors.disk.mount_points must be a list, got '/data'; write it as a list: [/data]",
    ],
    [
      "AGENT_COLLECTORS",
      "{cpu: {intervall: 5s}}",
      'collectors.cpu.intervall is not a known key; did you mean "interval"?',
    ],
    ["AGENT_COLLECTORS", "{cpu: [", "the bracket [ opened here is never closed; close the bracket"],
    [
      "AGENT_PROCESSES",
      "[{id: a}]",
      "processes[0] has no program to run; give it command: [program, argument, …], or binary_path",
    ],
    ["AGENT_MANAGER", "{token: [hunter2]}", "manager.token must be text"],
  ] as const
) {
  Deno.test(`${name}=${value} is refused by name`, () =>
    assert.rejects(load({ [name]: value }), {
      code: "invalid_config",
      message: `Cannot read config: environment ${name}: ${expected}`,
    }));
}

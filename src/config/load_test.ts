import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { DEFAULTS, refusal } from "../../tests/helpers/config_loading.ts";
import { AppError, Duration, Secret } from "../core/mod.ts";
import { loadConfig, type LoadOptions, locateAgent } from "./load.ts";
import { originText } from "./problem.ts";

const ROOT = join(import.meta.dirname ?? "", "../..");
const FIXTURES = join(ROOT, "tests/fixtures/configs");
const BASE: LoadOptions = {
  file: null,
  fileRequired: true,
  env: {},
  defaults: DEFAULTS,
  cwd: "/start",
};

async function withFile(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, text);
    await use(file);
  } finally {
    await Deno.remove(file);
  }
}

function refusalWith(options: Partial<LoadOptions>): Promise<AppError> {
  return refusal({ ...BASE, ...options });
}

async function originsOf(options: Partial<LoadOptions>, ...keys: string[]): Promise<string[]> {
  const { origins } = await loadConfig({ ...BASE, ...options });
  return keys.map((key) => originText(origins.get(key) ?? { kind: "default" }));
}

Deno.test("without a file the defaults hold", async () => {
  const { config, file, origins, warnings } = await loadConfig(BASE);
  assert.equal(file, null);
  assert.deepEqual([origins.size, warnings], [0, []]);
  assert.equal(config.agent.work_dir, "/var/lib/farhand");
  assert.equal(config.agent.control.socket, "/run/farhand/agent.sock");
  assert.deepEqual(config.collectors.disk.interval, new Duration(60_000));
  assert.deepEqual(config.policy, {
    terminal: false,
    exec: false,
    deploy: true,
    files: "off",
    forward: false,
    update: true,
    jobs: true,
  });
});

Deno.test("a file at the default place may be absent, a named one may not", async () => {
  const file = join(FIXTURES, "no_such_file.yaml");
  assert.equal((await loadConfig({ ...BASE, file, fileRequired: false })).file, null);
  const { message } = await refusalWith({ file });
  assert.equal(message, `Cannot read config ${file}: no such file; create it, or name another with --config`);
});

for (
  const text of [
    "",
    "\n",
    "# nothing\n",
    "---\n",
    "~\n",
    "{}\n",
    "\ufeff",
    "agent:\nprocesses:\n",
    "agent:\r\n  log:\r\n",
  ]
) {
  Deno.test(`a config of ${JSON.stringify(text)} sets nothing`, () =>
    withFile(text, async (file) => {
      const { config, origins } = await loadConfig({ ...BASE, file });
      assert.deepEqual(config, (await loadConfig(BASE)).config);
      assert.equal(origins.size, 0);
    }));
}

Deno.test("defaults < file < environment < flags < manager, and each value knows its origin", () =>
  withFile("collectors:\n  interval: 1s\n  cpu:\n    interval: 2s\n", async (file) => {
    const key = "collectors.cpu.interval";
    const interval = async (options: Partial<LoadOptions>) => {
      const { config } = await loadConfig({ ...BASE, ...options });
      return [String(config.collectors.cpu.interval), ...await originsOf(options, key)];
    };
    const env = { AGENT_COLLECTORS_CPU_INTERVAL: "3s" };
    const flags = { set: [`${key}=4s`] };
    const override = { ...flags, overrides: [{ flag: "--cpu-interval", key, value: "5s" }] };
    const dynamic = { collectors: { cpu: { interval: "6s" } } };
    assert.deepEqual(await interval({}), ["1m", "default"]);
    assert.deepEqual(await interval({ file }), ["2s", `${file}:4`]);
    assert.deepEqual(await interval({ file, env }), ["3s", "environment AGENT_COLLECTORS_CPU_INTERVAL"]);
    assert.deepEqual(await interval({ file, env, flags }), ["4s", `flag --set ${key}`]);
    assert.deepEqual(await interval({ file, env, flags: override }), ["5s", "flag --cpu-interval"]);
    assert.deepEqual(await interval({ file, env, flags: override, dynamic }), ["6s", "manager"]);
  }));

Deno.test("a collector without an interval takes the common one, with its origin", () =>
  withFile("collectors:\n  interval: 5s\n  disk:\n    enabled: off\n", async (file) => {
    const { config } = await loadConfig({ ...BASE, file });
    assert.equal(String(config.collectors.network.interval), "5s");
    assert.equal(config.collectors.disk.enabled, false);
    const keys = ["collectors.disk.interval", "collectors.disk.enabled", "collectors.cpu.enabled"];
    assert.deepEqual(await originsOf({ file }, ...keys), [`${file}:2`, `${file}:4`, "default"]);
  }));

Deno.test("a process takes what it does not set from process_defaults", async () => {
  const file = join(FIXTURES, "complete.yaml");
  const { config } = await loadConfig({ ...BASE, file });
  const [shop, filebeat] = config.processes;
  assert.equal(shop?.name, "Shop front end");
  assert.equal(filebeat?.name, "filebeat");
  assert.equal(String(shop?.health_check.memory_threshold), "512MiB");
  assert.deepEqual([shop?.restart.policy, filebeat?.restart.policy], ["always", "on-failure"]);
  assert.deepEqual([shop?.restart.max_retries, filebeat?.restart.max_retries], [3, 3]);
  const origins = await originsOf({ file }, "processes[1].restart.max_retries", "processes[1].restart.policy");
  assert.deepEqual(origins, [`${file}:51`, `${file}:33`]);
});

Deno.test("anchors, merge keys and all spellings of a switch are understood", async () => {
  const { config } = await loadConfig({ ...BASE, file: join(FIXTURES, "complete.yaml") });
  assert.equal(String(config.collectors.memory.interval), "1m30s");
  assert.deepEqual([config.collectors.memory.enabled, config.collectors.cpu.enabled], [false, true]);
  assert.deepEqual([config.policy.terminal, config.policy.files, config.policy.jobs], [true, "read", false]);
  assert(config.manager.token instanceof Secret);
  assert.equal(config.manager.token.reveal(), "not-to-be-seen");
});

Deno.test("relative paths count from the working directory; programs are left as they are", () =>
  withFile(
    "agent: {log: {file: logs/a.log}}\nprocesses:\n  - {id: a, binary_path: a, config_file: ./a.yml}\n",
    async (file) => {
      const { config } = await loadConfig({ ...BASE, file });
      assert.equal(config.agent.log.file, resolve("/start/logs/a.log"));
      assert.equal(config.processes[0]?.config_file, resolve("/start/a.yml"));
      assert.equal(config.processes[0]?.binary_path, "a");
      assert.equal(config.agent.control.token_file, "");
    },
  ));

Deno.test("whoever sets work_dir moves the other files there, except those that are set", async () => {
  const flags = { overrides: [{ flag: "--work-dir", key: "agent.work_dir", value: "two" }] };
  const env = { AGENT_PID_FILE: "/elsewhere.pid" };
  const { config } = await loadConfig({ ...BASE, flags, env });
  assert.equal(config.agent.work_dir, resolve("/start/two"));
  assert.equal(config.agent.pid_file, resolve("/elsewhere.pid"));
  assert.equal(config.agent.log.file, resolve("/start/two/agent.log"));
  assert.equal(config.agent.control.socket, resolve("/start/two/agent.sock"));
  assert.deepEqual(await originsOf({ flags, env }, "agent.pid_file", "agent.control.socket"), [
    "environment AGENT_PID_FILE",
    "flag --work-dir",
  ]);
});

Deno.test("a default socket that is too long for this system is explained", async () => {
  const { message } = await refusalWith({
    defaults: { ...BASE.defaults, socket: `/home/${"x".repeat(110)}/agent.sock` },
  });
  assert.match(message, /^Cannot read config: agent\.control\.socket must be at most 107 bytes long.* has 127; choose/);
  const defaults = { ...BASE.defaults, socket: "x".repeat(200), maxSocketPathBytes: Infinity };
  assert.equal((await loadConfig({ ...BASE, defaults })).config.agent.control.socket, "x".repeat(200));
});

Deno.test("the manager may set collection and its own timing, and nothing else", async () => {
  const dynamic = {
    policy: { terminal: true },
    processes: [{ id: "x", command: ["/bin/sh"] }],
    manager: { heartbeat_interval: "30s", address: "wss://evil.example.com" },
  };
  const { config, warnings } = await loadConfig({ ...BASE, dynamic });
  assert.equal(String(config.manager.heartbeat_interval), "30s");
  assert.deepEqual([config.policy.terminal, config.processes, config.manager.address], [false, [], ""]);
  assert.deepEqual(
    warnings,
    ["policy", "processes", "manager.address"]
      .map((key) => `the manager's setting ${key} is ignored: it is not the manager's to make`),
  );
  const { message } = await refusalWith({ dynamic: { collectors: { interval: 5 } } });
  assert.match(message, /^Cannot read config: manager: collectors\.interval must be a duration/);
});

Deno.test("problems of file, environment and flags are reported together, the file's first, in its order", () =>
  withFile("collectors:\n  interval: x\nagent:\n  id: [1]\n", async (file) => {
    const error = await refusalWith({
      file,
      env: { AGENT_LOG_LEVEL: "loud" },
      flags: { set: ["agent.log.max_files=x"] },
    });
    assert.deepEqual(error.message.split("\n"), [
      `Cannot read config ${file}: line 2: collectors.interval must be a duration such as 60s, got 'x'`,
      "  line 4: agent.id must be text, got a list",
      "  environment AGENT_LOG_LEVEL: agent.log.level must be one of debug, info, warn, error, got 'loud'",
      "  flag --set agent.log.max_files: agent.log.max_files must be a whole number from 1 to 1000, got 'x'",
    ]);
    const details = error.details as { file: string; problems: unknown[] };
    assert.equal(details.file, file);
    assert.deepEqual(details.problems[0], {
      line: 2,
      column: 3,
      path: "collectors.interval",
      message: "collectors.interval must be a duration such as 60s, got 'x'",
      hint: null,
      origin: `${file}:2`,
    });
  }));

Deno.test("a hundred thousand unknown keys give twenty lines", () =>
  withFile(Array.from({ length: 60_000 }, (_, i) => `key${i}: 1\n`).join(""), async (file) => {
    const lines = (await refusalWith({ file })).message.split("\n");
    assert.equal(lines.length, 21);
    assert.match(lines[20] ?? "", /^ {2}and \d+ more problems$/);
  }));

Deno.test("an agent is found by the readable part of a broken config", () =>
  withFile("agent:\n  work_dir: /srv/a\n  control:\n    listen: 127.0.0.1:99\n  log: {level: loud}\n", async (file) => {
    const { error, ...where } = await locateAgent({ ...BASE, file });
    assert.match(error?.message ?? "", /line 5: agent\.log\.level must be one of/);
    assert.deepEqual(where, {
      workDir: resolve("/srv/a"),
      pidFile: resolve("/srv/a/agent.pid"),
      logFile: resolve("/srv/a/agent.log"),
      socket: resolve("/srv/a/agent.sock"),
      listen: "127.0.0.1:99",
      file,
    });
  }));

Deno.test("an agent is found in spite of a syntax error further down, or of no file at all", () =>
  withFile("agent:\n  work_dir: /srv/a\ncollectors:\n  interval: 'abc\n", async (file) => {
    const broken = await locateAgent({ ...BASE, file });
    assert.equal(broken.workDir, resolve("/srv/a"));
    assert.match(broken.error?.message ?? "", /line 4: the quote ' opened here is never closed/);
    const missing = await locateAgent({ ...BASE, file: `${file}.none`, env: { AGENT_WORK_DIR: "/srv/b" } });
    assert.equal(missing.socket, resolve("/srv/b/agent.sock"));
    assert.match(missing.error?.message ?? "", /no such file/);
    const { error, file: none } = await locateAgent(BASE);
    assert.deepEqual([error, none], [null, null]);
  }));

import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { loadConfig, type ProcessConfig } from "../../../config/mod.ts";
import type { ProcessSpec } from "./process_spec.ts";
import { resolveSpecs, type Surroundings } from "./resolve.ts";

const SURROUNDINGS: Surroundings = { workDir: "/w", logDir: "/logs", agentEnv: { PATH: "/bin", LANG: "C" } };

async function processes(...items: readonly Record<string, unknown>[]): Promise<readonly ProcessConfig[]> {
  const { config } = await loadConfig({
    file: null,
    fileRequired: true,
    env: { AGENT_PROCESSES: JSON.stringify(items) },
    defaults: { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" },
    cwd: "/",
  });
  return config.processes;
}

async function specs(item: Record<string, unknown>, among: Surroundings = SURROUNDINGS): Promise<ProcessSpec[]> {
  const [config] = await processes({ id: "shop", command: ["/shop"], ...item });
  assert(config !== undefined);
  return resolveSpecs([{ config, origin: "config" }], among);
}

async function spec(item: Record<string, unknown>, among?: Surroundings): Promise<ProcessSpec> {
  const [first] = await specs(item, among);
  assert(first !== undefined);
  return first;
}

const PLACE = { command: [] };

Deno.test("a process with nothing but a command is complete", async () => {
  const { fingerprint, ...rest } = await spec({});
  assert.match(fingerprint, /^[0-9a-f]{32}$/);
  assert.deepEqual(rest, {
    id: "shop",
    group: "shop",
    index: 0,
    name: "shop",
    kind: "service",
    type: "custom",
    labels: {},
    origin: "config",
    enabled: true,
    autostart: true,
    argv: ["/shop"],
    workDir: join("/w", "processes", "shop"),
    ownsWorkDir: true,
    env: { PATH: "/bin", LANG: "C" },
    envFile: "",
    account: { user: "", group: "", umask: null, nice: 0 },
    ulimits: {},
    dependsOn: [],
    readiness: null,
    liveness: null,
    heartbeat: { timeoutMs: 0, onSilence: "restart", socketPath: "", notify: false },
    thresholds: { cpuPercent: 0, memoryBytes: 0, durationMs: 60_000, onThreshold: "event" },
    restart: {
      policy: "always",
      maxRetries: 10,
      retryWindowMs: 600_000,
      backoffBaseMs: 1_000,
      backoffMaxMs: 60_000,
      stableAfterMs: 60_000,
    },
    stop: { signal: "SIGTERM", command: null, timeoutMs: 10_000 },
    limits: { memoryBytes: 0, cpuPercent: 0, tasks: 0 },
    log: {
      stdout: join("/logs", "processes", "shop.out.log"),
      stderr: join("/logs", "processes", "shop.err.log"),
      maxBytes: 50_000_000,
      maxAgeMs: 0,
      maxFiles: 5,
      compress: true,
    },
    logPaths: [],
    match: null,
  });
});

Deno.test("replicas differ in whatever has their words in it", async () => {
  const all = await specs({
    replicas: 3,
    port_base: 8080,
    name: "Shop {{index}}",
    command: ["/opt/{{id}}", "--port={{port}}", "--name={{name}}", "{{other}}", "{{index}}{{index}}"],
    env: { PORT: "{{port}}", PATH: "/own", HOME: "{{work_dir}}" },
    env_file: "/etc/{{id}}.env",
    work_dir: "/srv/{{index}}",
    socket_path: "{{work_dir}}/hb.sock",
    readiness: { type: "tcp", target: "127.0.0.1:{{port}}" },
    liveness: { type: "exec", command: ["/check", "{{id}}"] },
    stop: { command: ["/stop", "{{id}}"] },
    log: { stdout: "/log/{{id}}.log" },
    log_paths: ["/srv/{{index}}/*.log"],
    labels: { tier: "web" },
  });
  assert.deepEqual(all.map(({ id, group, index, name }) => [id, group, index, name]), [
    ["shop-0", "shop", 0, "Shop 0"],
    ["shop-1", "shop", 1, "Shop 1"],
    ["shop-2", "shop", 2, "Shop 2"],
  ]);
  const last = all[2];
  assert(last !== undefined);
  assert.deepEqual(last.argv, ["/opt/shop-2", "--port=8082", "--name=Shop 2", "{{other}}", "22"]);
  assert.deepEqual(last.env, { PATH: "/own", LANG: "C", PORT: "8082", HOME: "/srv/2" });
  assert.deepEqual([last.envFile, last.workDir, last.ownsWorkDir], ["/etc/shop-2.env", "/srv/2", false]);
  assert.equal(last.heartbeat.socketPath, "/srv/2/hb.sock");
  assert.deepEqual(last.readiness?.target, { type: "tcp", host: "127.0.0.1", port: 8082 });
  assert.deepEqual(last.liveness?.target, { type: "exec", argv: ["/check", "shop-2"] });
  assert.deepEqual(last.stop.command, ["/stop", "shop-2"]);
  assert.equal(last.log.stdout, "/log/shop-2.log");
  assert.equal(last.log.stderr, join("/logs", "processes", "shop-2.err.log"));
  assert.deepEqual([last.logPaths, last.labels], [["/srv/2/*.log"], { tier: "web" }]);
  assert.equal(new Set(all.map(({ fingerprint }) => fingerprint)).size, 3);
});

for (
  const [what, item, argv] of [
    ["filebeat", { ...PLACE, type: "filebeat", config_file: "/f.yml", work_dir: "/d" }, [
      "filebeat",
      "-c",
      "/f.yml",
      "-path.home",
      "/d",
    ]],
    ["telegraf with a program", { ...PLACE, type: "telegraf", binary_path: "/t", config_file: "/t.conf" }, [
      "/t",
      "-config",
      "/t.conf",
    ]],
    ["node_exporter", { ...PLACE, type: "node_exporter" }, [
      "node_exporter",
      "--web.listen-address=127.0.0.1:9100",
      "--path.procfs=/proc",
      "--path.sysfs=/sys",
    ]],
    ["node_exporter with a port and a config", {
      ...PLACE,
      type: "node_exporter",
      port_base: 9200,
      config_file: "/web.yml",
    }, [
      "node_exporter",
      "--web.listen-address=127.0.0.1:9200",
      "--path.procfs=/proc",
      "--path.sysfs=/sys",
      "--web.config.file=/web.yml",
    ]],
    ["own arguments", { ...PLACE, type: "filebeat", args: ["-e"], config_file: "/f" }, ["filebeat", "-e"]],
    ["an own command", { type: "filebeat", command: ["/f", "-c", "{{config_file}}"], config_file: "/f.yml" }, [
      "/f",
      "-c",
      "/f.yml",
    ]],
    ["a binary of no type", { ...PLACE, binary_path: "/bin/{{id}}", args: ["{{index}}"] }, ["/bin/shop", "0"]],
    ["one that is found", { ...PLACE, pid_strategy: "match", match: { name: "shop" } }, null],
    ["one that is found and started by a command", { pid_strategy: "match", match: { name: "shop" } }, ["/shop"]],
  ] as const
) {
  Deno.test(`what is run: ${what}`, async () => assert.deepEqual((await spec(item)).argv, argv));
}

Deno.test("what is written as text becomes numbers: durations, sizes, the umask", async () => {
  const { account, limits, ulimits, log, restart, thresholds, stop } = await spec({
    umask: "027",
    user: "www",
    group: 33,
    nice: -5,
    limits: { memory: "64MiB", cpu: 150, tasks: 10, nofile: 1024, core: "unlimited" },
    log: { merge: true, stdout: "/l", max_size: "1MB", max_age: "1d", max_files: 2, compress: false },
    restart: { policy: "never", max_retries: 0, backoff_base: "1m", backoff_max: "2m" },
    health_check: { cpu_threshold: 90.5, memory_threshold: "1GiB", on_threshold: "restart" },
    stop: { signal: "SIGQUIT", timeout: "1m30s" },
  });
  assert.deepEqual(account, { user: "www", group: "33", umask: 0o27, nice: -5 });
  assert.deepEqual(limits, { memoryBytes: 64 * 2 ** 20, cpuPercent: 150, tasks: 10 });
  assert.deepEqual(ulimits, { nofile: "1024", core: "unlimited" });
  assert.deepEqual(log, {
    stdout: "/l",
    stderr: "/l",
    maxBytes: 1e6,
    maxAgeMs: 86_400_000,
    maxFiles: 2,
    compress: false,
  });
  assert.deepEqual([restart.policy, restart.maxRetries, restart.backoffMaxMs], ["never", 0, 120_000]);
  assert.deepEqual([thresholds.cpuPercent, thresholds.memoryBytes, thresholds.onThreshold], [90.5, 2 ** 30, "restart"]);
  assert.deepEqual([stop.signal, stop.timeoutMs], ["SIGQUIT", 90_000]);
});

Deno.test("output that is thrown away has no files", async () => {
  const { log } = await spec({ log: { discard: true } });
  assert.deepEqual([log.stdout, log.stderr], [null, null]);
});

Deno.test("probes have everything that their type needs, as what it is used as", async () => {
  const { readiness, liveness } = await spec({
    readiness: { type: "log", pattern: "listening on \\d+", give_up: "1m" },
    liveness: {
      type: "http",
      target: "https://h/{{id}}",
      status: [204],
      body: "^ok",
      headers: { Authorization: "Bearer x" },
      expect_headers: { Server: "nginx|caddy" },
      interval: "2s",
      start_period: "5s",
      failure_threshold: 7,
      on_failure: "event",
    },
  });
  assert.deepEqual(readiness, {
    target: { type: "log", pattern: /listening on \d+/ },
    intervalMs: 1_000,
    timeoutMs: 5_000,
    successThreshold: 1,
    failureThreshold: 3,
    giveUpMs: 60_000,
  });
  assert.deepEqual(liveness, {
    target: {
      type: "http",
      url: "https://h/shop",
      status: [204],
      body: /^ok/,
      headers: { Authorization: "Bearer x" },
      expectHeaders: [["Server", /nginx|caddy/]],
    },
    intervalMs: 2_000,
    timeoutMs: 5_000,
    successThreshold: 1,
    failureThreshold: 7,
    startPeriodMs: 5_000,
    onFailure: "event",
  });
});

Deno.test("http_endpoint is a liveness by http at the interval of health_check", async () => {
  const { liveness } = await spec({
    port_base: 80,
    health_check: { http_endpoint: "http://h:{{port}}/", interval: "3s" },
    liveness: { failure_threshold: 9 },
  });
  assert(liveness?.target.type === "http");
  assert.equal(liveness.target.url, "http://h:80/");
  assert.deepEqual([liveness.intervalMs, liveness.timeoutMs, liveness.failureThreshold], [3_000, 5_000, 9]);
});

Deno.test("a process that is ready by notify speaks sd_notify, and a oneshot that has succeeded is done", async () => {
  const { heartbeat, restart, readiness } = await spec({ kind: "oneshot", readiness: { type: "notify" } });
  assert.deepEqual([heartbeat.notify, restart.policy, readiness?.target], [true, "on-failure", { type: "notify" }]);
});

Deno.test("how a process is found has the replica's words in it, as text", async () => {
  const { match } = await spec({
    id: "a.b",
    pid_strategy: "match",
    match: { name: "java", command_line: "--id={{id}}( |$)", pid_file: "/run/{{id}}.pid", port: 80 },
  });
  assert(match?.commandLine instanceof RegExp);
  assert.deepEqual([match.name, match.pidFile, match.port], ["java", "/run/a.b.pid", 80]);
  assert.deepEqual(["java --id=a.b x", "java --id=axb"].map((line) => match.commandLine?.test(line)), [true, false]);
});

Deno.test("variables whose names differ in case only are one where the system says so", async () => {
  const among = { ...SURROUNDINGS, agentEnv: { Path: "C:\\Windows", TEMP: "t" } };
  const item = { env: { PATH: "C:\\own" } };
  assert.deepEqual((await spec(item, { ...among, envIgnoresCase: true })).env, { TEMP: "t", PATH: "C:\\own" });
  assert.deepEqual((await spec(item, among)).env, { Path: "C:\\Windows", TEMP: "t", PATH: "C:\\own" });
});

Deno.test("the order is that of the config, and each says where it comes from", async () => {
  const [a, b] = await processes({ id: "a", command: ["/a"], replicas: 2 }, {
    id: "b",
    command: ["/b"],
    enabled: false,
  });
  assert(a !== undefined && b !== undefined);
  const all = resolveSpecs([{ config: b, origin: "api" }, { config: a, origin: "config" }], SURROUNDINGS);
  assert.deepEqual(all.map(({ id, origin, enabled }) => [id, origin, enabled]), [
    ["b", "api", false],
    ["a-0", "config", true],
    ["a-1", "config", true],
  ]);
});

const RESTARTING: readonly Record<string, unknown>[] = [
  { command: ["/shop", "-v"] },
  { env: { A: "1" } },
  { env: { A: "2" } },
  { env_file: "/e" },
  { work_dir: "/other" },
  { user: "www" },
  { group: "www" },
  { umask: "077" },
  { nice: 1 },
  { limits: { nofile: 10 } },
  { log: { stdout: "/o" } },
  { log: { merge: true } },
  { log: { discard: true } },
  { socket_path: "/run/s" },
  { notify: true },
  { pid_strategy: "match", match: { name: "x" } },
  { pid_strategy: "match", match: { command_line: "x" } },
];

const LIVE: readonly Record<string, unknown>[] = [
  { name: "Shop" },
  { labels: { a: "b" } },
  { restart: { policy: "never" } },
  { stop: { signal: "SIGINT" } },
  { liveness: { type: "tcp", target: "h:1" } },
  { health_check: { heartbeat_timeout: "5s" } },
  { limits: { memory: "1GB" } },
  { log: { max_size: "1MB" } },
  { autostart: false },
  { enabled: false },
];

Deno.test("the fingerprint changes with what needs a restart, and with nothing else", async () => {
  const base = (await spec({})).fingerprint;
  const restarting = await Promise.all(RESTARTING.map(async (item) => (await spec(item)).fingerprint));
  assert.equal(new Set([base, ...restarting]).size, RESTARTING.length + 1);
  for (const item of LIVE) assert.equal((await spec(item)).fingerprint, base, JSON.stringify(item));
  const elsewhere = { ...SURROUNDINGS, agentEnv: { PATH: "/other", HOME: "/root" } };
  assert.equal((await spec({}, elsewhere)).fingerprint, base);
  const [one, other] = [{ A: "1", B: "2" }, { B: "2", A: "1" }];
  assert.equal((await spec({ env: one })).fingerprint, (await spec({ env: other })).fingerprint);
});

Deno.test("whatever replicas a group has, nothing that must be apart is shared", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 60_000 }),
      async (replicas, port_base) => {
        const all = await specs({ replicas, port_base, command: ["/s", "{{id}}", "{{port}}"] });
        assert.equal(all.length, replicas);
        for (
          const of of [
            (one: ProcessSpec) => one.id,
            (one: ProcessSpec) => one.workDir,
            (one: ProcessSpec) => one.log.stdout,
            (one: ProcessSpec) => one.log.stderr,
            (one: ProcessSpec) => one.fingerprint,
          ]
        ) assert.equal(new Set(all.map(of)).size, replicas);
        for (const { argv, id, index } of all) {
          assert.deepEqual(argv, ["/s", id, port_base === 0 ? "{{port}}" : String(port_base + index)]);
        }
      },
    ),
    { numRuns: 30 },
  );
});

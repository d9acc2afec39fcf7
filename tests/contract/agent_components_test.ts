import { join } from "node:path";
import { Collectors, createMetricsListen, createOtlpExporter } from "../../src/agent/collectors/mod.ts";
import { createControlListen, createControlSocket } from "../../src/agent/control/mod.ts";
import { Commands } from "../../src/agent/exec/mod.ts";
import { Files } from "../../src/agent/files/mod.ts";
import { createInstance } from "../../src/agent/instance/mod.ts";
import { Supervisor } from "../../src/agent/supervisor/mod.ts";
import { Tasks } from "../../src/agent/tasks/mod.ts";
import { Terminals } from "../../src/agent/terminal/mod.ts";
import { createTrim } from "../../src/agent/trim/mod.ts";
import { Uplink, type UplinkPorts } from "../../src/agent/uplink/mod.ts";
import { Duration, Secret, systemClock } from "../../src/core/mod.ts";
import { loadConfig } from "../../src/config/mod.ts";
import type { Component } from "../../src/lifecycle/mod.ts";
import { createLogger } from "../../src/log/mod.ts";
import { acquireLock, beneath, createLauncher, createMemoryTrimmer, processIdentity } from "../../src/platform/mod.ts";
import { configIn } from "../helpers/loaded_config.ts";
import { startFakeManager } from "../helpers/fake_manager.ts";
import { componentContract, type MakeSubject } from "./component_suite.ts";

const log = createLogger({ level: "error", sinks: [], clock: systemClock });
const api = { routes: [], log };

// The system's libraries are opened once and stay open, which the sanitizers would call a leak of the first test.
createMemoryTrimmer();
const early = Deno.makeTempFileSync();
acquireLock(early)?.release();
Deno.removeSync(early);
using _early = await beneath().find("/", [], { follow: true });
const isPosix = Deno.build.os !== "windows";
if (isPosix) await openLauncherLibraries();
const isLinux = Deno.build.os === "linux";

async function openLauncherLibraries(): Promise<void> {
  const launcher = createLauncher();
  const plain = { cwd: "/", env: {}, stdout: null, stderr: null, cgroup: "", jobName: "" } as const;
  const asOurselves = { user: "", group: "", umask: null, nice: 0, ulimits: {} } as const;
  const ended = Promise.withResolvers<void>();
  launcher.watch(launcher.launch({ argv: ["/bin/sleep", "0.01"], ...plain, ...asOurselves }), () => ended.resolve());
  await ended.promise;
  launcher.close();
}

/** A component whose files are in a directory of its own. */
function inDirectory(make: (dir: string) => Promise<Component> | Component): MakeSubject {
  return async () => {
    const dir = await Deno.makeTempDir();
    return { component: await make(dir), dispose: () => Deno.remove(dir, { recursive: true }) };
  };
}

const instance = (dir: string) => createInstance({ workDir: dir, pidFile: join(dir, "run", "agent.pid"), log });
const loopback = { hostname: "127.0.0.1", port: 0, tokenFile: undefined };

componentContract("instance", inDirectory(instance), {
  async failing() {
    const dir = await Deno.makeTempDir();
    const lock = acquireLock(join(dir, "agent.lock"));
    return {
      component: instance(dir),
      dispose() {
        lock?.release();
        return Deno.remove(dir, { recursive: true });
      },
    };
  },
});

componentContract("instance with a foreign pid file", inDirectory(instance), {
  failing: inDirectory(async (dir) => {
    await Deno.mkdir(join(dir, "run"));
    await Deno.writeTextFile(join(dir, "run", "agent.pid"), `${processIdentity(Deno.pid)?.pid}\n`);
    return instance(dir);
  }),
});

componentContract("instance whose pid file has no directory", inDirectory(instance), {
  failing: inDirectory(async (dir) => {
    await Deno.writeTextFile(join(dir, "run"), "a file where a directory is needed");
    return instance(dir);
  }),
});

componentContract("control-socket", inDirectory((dir) => createControlSocket(api, join(dir, "run", "agent.sock"))), {
  failing: inDirectory(async (dir) => {
    await Deno.writeTextFile(join(dir, "run"), "a file where a directory is needed");
    return createControlSocket(api, join(dir, "run", "agent.sock"));
  }),
});

componentContract("control-listen", () => Promise.resolve({ component: createControlListen(api, loopback) }), {
  failing() {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const component = createControlListen(api, { ...loopback, port: taken.addr.port });
    return Promise.resolve({ component, dispose: () => taken.close() });
  },
});

componentContract(
  "control-listen with a token",
  inDirectory(async (dir) => {
    await Deno.writeTextFile(join(dir, "token"), "0123456789abcdef\n");
    return createControlListen(api, { ...loopback, tokenFile: join(dir, "token") });
  }),
  { failing: inDirectory((dir) => createControlListen(api, { ...loopback, tokenFile: join(dir, "missing") })) },
);

componentContract(
  "trim",
  () => Promise.resolve({ component: createTrim({ interval: new Duration(1_000), log }) }),
);

const defaults = { workDir: "/srv/a", pidFile: "/srv/a/pid", logFile: "/srv/a/log", socket: "/srv/a/sock" };
const { config } = await loadConfig({ file: null, fileRequired: false, env: {}, defaults });

function collectors(): Collectors {
  const ports = { supervised: () => [], queues: () => ({}) };
  return new Collectors({ config: config.collectors, clock: systemClock, log, ports, onFailing: () => {} });
}

componentContract("collectors", () => Promise.resolve({ component: collectors().component([]) }));

componentContract(
  "metrics-listen",
  () => Promise.resolve({ component: createMetricsListen(collectors(), { ...loopback, log }) }),
  {
    failing() {
      const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const component = createMetricsListen(collectors(), { ...loopback, port: taken.addr.port, log });
      return Promise.resolve({ component, dispose: () => taken.close() });
    },
  },
);

const otlp = {
  endpoint: "http://127.0.0.1:9/v1/metrics",
  headersFile: "",
  intervalMs: 1_000,
  timeoutMs: 1_000,
  resource: {},
  clock: systemClock,
  log,
  writeMetrics: () => Promise.resolve(),
  onState: () => {},
};

componentContract("metrics-otlp", () => Promise.resolve({ component: createOtlpExporter(otlp) }), {
  failing: inDirectory((dir) => createOtlpExporter({ ...otlp, headersFile: join(dir, "missing") })),
});

const supervisor = async (dir: string, processes: string) => {
  const { config } = await configIn(dir, 'supervisor.heartbeat.listen=""', `processes=${processes}`);
  const onTrouble = () => {};
  return new Supervisor({ config, agent: config.agent, workDir: dir, logDir: dir, clock: systemClock, log, onTrouble });
};

componentContract(
  "supervisor without processes",
  inDirectory(async (dir) => (await supervisor(dir, "[]")).component([])),
);

if (isPosix) {
  componentContract(
    "supervisor with a process that has ended",
    inDirectory(async (dir) => (await supervisor(dir, "[{id: a, kind: oneshot, command: [/bin/true]}]")).component([])),
  );
}

componentContract(
  "exec",
  () => Promise.resolve({ component: new Commands({ clock: systemClock, log }).component([]) }),
);

function files(uploadsDir: string): Files {
  const ports = { config: () => config.files, policy: () => "write" as const, ownPaths: () => [] };
  return new Files({ clock: systemClock, log, uploadsDir, ports });
}

componentContract("files", inDirectory((dir) => files(join(dir, "uploads")).component([])));

componentContract(
  "files with an upload that was left unfinished",
  inDirectory(async (dir) => {
    const uploads = join(dir, "uploads");
    const id = "0".repeat(32);
    const texts = { id, path: join(dir, "x"), folder: dir, stagingName: "y", name: "x", identity: "1:1", by: "owner" };
    const rest = { sizeBytes: null, sha256: null, mode: null, overwrite: false, createdMs: Date.now() };
    await Deno.mkdir(uploads);
    await Deno.writeTextFile(join(uploads, `${id}.json`), JSON.stringify({ ...texts, ...rest }));
    await Deno.writeTextFile(join(uploads, "damaged.json"), "{");
    return files(uploads).component([]);
  }),
);

const terminals = () => new Terminals({ config: config.terminal, clock: systemClock, log });

componentContract("terminal", () => Promise.resolve({ component: terminals().component([]) }));

/** One with a shell as soon as it has started. */
function shell(): Component {
  const opening = terminals();
  const component = opening.component([]);
  return {
    ...component,
    async start(signal) {
      await component.start(signal);
      await opening.open({ cols: 80, rows: 24 }, "somebody");
    },
  };
}

if (isLinux) {
  const first = shell(); // opens libraries, too
  await first.start(new AbortController().signal);
  await first.stop(new AbortController().signal);
  componentContract("terminal with a shell that is open", () => Promise.resolve({ component: shell() }));
}

const nothing = () => {};
const never = () => Promise.reject(new Error("nobody asks"));

componentContract(
  "tasks",
  inDirectory((dir) => {
    const ports = { isManager: () => true, call: never, report: never };
    const tasks = new Tasks({ path: join(dir, "tasks.db"), clock: systemClock, log, ports, onTrouble: nothing });
    return tasks.component([]);
  }),
);

const uplinkPorts: UplinkPorts = {
  serve: () => new Response(null, { status: 404 }),
  samples: { latest: () => null, past: () => [] },
  processes: { briefs: () => [], eventsAfter: () => ({ events: [], last: 0 }), onEvent: () => nothing },
  settings: { version: () => 0, isOf: () => true, apply: () => Promise.resolve() },
  facts: () => Promise.resolve({ hostname: "h", os: "linux", arch: "x86_64", version: "1" }),
  health: () => ({ state: "ok" }),
  uptimeMs: () => undefined,
  linked: nothing,
  onState: nothing,
};

async function uplink(dir: string, address: string): Promise<Component> {
  const { config: { manager } } = await configIn(dir, `manager.address=${address}`);
  const config = { ...manager, token: new Secret("join-token-1") };
  const options = {
    config,
    workDir: dir,
    clock: systemClock,
    log,
    ports: uplinkPorts,
    env: () => undefined,
    bootId: "",
  };
  return new Uplink(options).component([]);
}

componentContract("uplink whose manager does not answer", inDirectory((dir) => uplink(dir, "ws://127.0.0.1:9")));

componentContract("uplink whose manager has a name that is none", inDirectory((dir) => uplink(dir, "wss://m.invalid")));

componentContract("uplink that connects", async () => {
  const dir = await Deno.makeTempDir();
  const manager = startFakeManager();
  return {
    component: await uplink(dir, manager.address),
    async dispose() {
      await manager[Symbol.asyncDispose]();
      await Deno.remove(dir, { recursive: true });
    },
  };
});

import { join } from "node:path";
import type { Clock } from "../core/mod.ts";
import { type Config, type KeptSettings, type LoadedConfig, parseEndpoint } from "../config/mod.ts";
import { createLifecycle, type Lifecycle } from "../lifecycle/mod.ts";
import type { Logger, RateLimit, RootLogger } from "../log/mod.ts";
import { selfProgram } from "../platform/mod.ts";
import { collectorRoutes, type Collectors } from "./collectors/mod.ts";
import { composeCollectors } from "./compose_collectors.ts";
import { composeSupervisor } from "./compose_supervisor.ts";
import { type ControlPorts, controlRoutes, createControlListen, createControlSocket } from "./control/mod.ts";
import { createInstance } from "./instance/mod.ts";
import { Commands, execRoutes } from "./exec/mod.ts";
import { Files, filesRoutes } from "./files/mod.ts";
import { Managed } from "./managed.ts";
import { ownPaths } from "./own_paths.ts";
import { createReloader, type LiveKey, type Reloader } from "./reload.ts";
import { statusOf, type StatusSources } from "./status.ts";
import { type Supervisor, supervisorRoutes } from "./supervisor/mod.ts";
import { terminalRoutes, Terminals } from "./terminal/mod.ts";
import { createTrim } from "./trim/mod.ts";

export interface AgentParts {
  readonly lifecycle: Lifecycle;
  readonly reloader: Reloader;
}

export interface ComposeOptions {
  readonly loaded: LoadedConfig;
  /** Reads the config again, from the same file, environment and flags; with other settings of the manager, if given. */
  readonly load: (settings?: KeptSettings["values"]) => Promise<LoadedConfig>;
  readonly log: RootLogger;
  readonly clock: Clock;
  /** Begins the agent's stop, as a signal does, without waiting for it. */
  readonly beginStop: (reason: string, timeoutMs: number | undefined) => void;
}

/** The answer to a request to stop travels through these, so it cannot wait for them. */
const LAST_TO_STOP: readonly string[] = ["control-socket", "control-listen", "instance"];

/** Builds every part of the agent and hands each what it needs. Starts nothing. */
export function composeAgent({ loaded, load, log, clock, beginStop }: ComposeOptions): AgentParts {
  const { agent } = loaded.config;
  const logOf = (component: string) => log.child({ component });
  const lifecycle = createLifecycle({ clock, logger: logOf("lifecycle"), stopTimeoutMs: agent.stop_timeout.ms });
  const trim = createTrim({ interval: agent.trim_interval, log: logOf("trim") });
  const supervisor = composeSupervisor(loaded.config, { lifecycle, log: logOf("supervisor"), clock });
  const supervised = () => supervisor.supervised();
  const { collectors, exporters } = composeCollectors(loaded.config, { lifecycle, logOf, clock, supervised });
  const commands = new Commands({ clock, log: logOf("exec") });
  const terminals = new Terminals({ config: loaded.config.terminal, clock, log: logOf("terminal") });
  const files = composeFiles(loaded, () => reloader.current(), { clock, log: logOf("files") });
  const managed = loaded.config.manager.address === "" ? null : new Managed(async () => {
    const { composeUplink } = await import("./compose_uplink.ts");
    return await composeUplink({ lifecycle, reloader, load, logOf, clock, collectors, supervisor, routes });
  });
  const live = liveKeys({ log, trim, collectors, supervisor, terminals, files, isManaged: managed !== null });
  const reloader = withUplink(
    createReloader({ initial: loaded, load: () => load(), live, nowMs: () => clock.nowMs(), log: logOf("config") }),
    managed,
  );
  const sources: StatusSources = { lifecycle, reloader, supervisor, managed, log, clock, startedMs: clock.nowMs() };
  const routes = [
    ...controlRoutes(controlPorts(sources, supervisor, beginStop)),
    ...collectorRoutes(collectors),
    ...supervisorRoutes(supervisor, () => clock.nowMs()),
    ...execRoutes(commands),
    ...filesRoutes(files),
    ...terminalRoutes(terminals),
  ];
  const api = { routes, log: logOf("control") };

  lifecycle.register(createInstance({ workDir: agent.work_dir, pidFile: agent.pid_file, log: logOf("instance") }));
  lifecycle.register({ ...createControlSocket(api, agent.control.socket), dependsOn: ["instance"] });
  const servers = ["control-socket"];
  const listen = parseEndpoint(agent.control.listen);
  if (listen !== null) {
    const tokenFile = agent.control.token_file || undefined;
    lifecycle.register(createControlListen(api, { hostname: listen.host, port: listen.port, tokenFile }));
    servers.push("control-listen");
  }
  // What depends on the servers stops before them, so that a stopping agent still answers and can say what would not stop.
  lifecycle.register({ ...trim, dependsOn: servers });
  lifecycle.register(collectors.component(servers));
  lifecycle.register(supervisor.component(servers));
  lifecycle.register(commands.component(servers));
  for (const component of managed?.components(["collectors", "supervisor", "exec"]) ?? []) {
    lifecycle.register(component);
  }
  // Who looks at a terminal is told of its end by way of the uplink.
  lifecycle.register(terminals.component(managed === null ? servers : [...servers, "uplink"]));
  // Likewise: who follows a log would keep the uplink waiting.
  lifecycle.register(files.component(managed === null ? servers : [...servers, "uplink"]));
  for (const exporter of exporters) lifecycle.register({ ...exporter, dependsOn: ["collectors"] });
  return { lifecycle, reloader };
}

function composeFiles(
  initial: LoadedConfig,
  current: () => LoadedConfig,
  parts: { readonly clock: Clock; readonly log: Logger },
): Files {
  const program = Deno.build.standalone ? selfProgram().executable : null;
  return new Files({
    ...parts,
    uploadsDir: join(initial.config.agent.work_dir, "uploads"),
    ports: {
      config: () => current().config.files,
      policy: () => current().config.policy.files,
      // What a reload has changed may be in force with the next start only.
      ownPaths: () => [...new Set([initial, current()].flatMap((loaded) => ownPaths(loaded, program)))],
    },
  });
}

const SUPERVISED_KEYS = [
  "supervisor.usage_interval",
  "supervisor.heartbeat",
  "supervisor.events",
  "processes",
  "process_defaults",
] as const;

/** What a reload can change. */
interface LiveParts {
  readonly log: RootLogger;
  readonly trim: ReturnType<typeof createTrim>;
  readonly collectors: Collectors;
  readonly supervisor: Supervisor;
  readonly terminals: Terminals;
  readonly files: Files;
  readonly isManaged: boolean;
}

/** Every key that a reload can put in force. */
function liveKeys({ log, trim, collectors, supervisor, terminals, files, isManaged }: LiveParts): LiveKey[] {
  const supervise = (config: Config) => void supervisor.reconfigure(config);
  return [
    { key: "agent.log.level", apply: (config) => log.setLevel(config.agent.log.level) },
    { key: "agent.log.rate_limit", apply: (config) => log.setRateLimit(rateLimitOf(config)) },
    { key: "agent.trim_interval", apply: (config) => trim.setInterval(config.agent.trim_interval) },
    { key: "collectors", apply: (config) => void collectors.reconfigure(config.collectors) },
    ...SUPERVISED_KEYS.map((key) => ({ key, apply: supervise })),
    { key: "agent.stop_timeout", apply: () => {} }, // read from the current config when the agent stops
    { key: "terminal", apply: (config) => terminals.reconfigure(config.terminal) },
    { key: "files", apply: () => {} }, // likewise, with each request
    { key: "policy", apply: (config) => applyPolicy(config, terminals, files) },
    ...(isManaged ? [{ key: "manager", apply: () => {} }] : []), // see withUplink
  ];
}

/** Each request of the manager is judged by the config as it then is; only what goes on for long must be ended. */
function applyPolicy({ policy }: Config, terminals: Terminals, files: Files): void {
  void files.policyChanged(policy.files);
  if (!policy.terminal) void terminals.endAll("policy.terminal was turned off on the host");
}

/** The uplink is told of every reload, whatever has changed: a file that the config names may have. */
function withUplink(reloader: Reloader, managed: Managed | null): Reloader {
  if (managed === null) return reloader;
  return {
    ...reloader,
    async reload() {
      const report = await reloader.reload();
      managed.reloaded(reloader.current().config);
      return report;
    },
  };
}

function controlPorts(
  sources: StatusSources,
  supervisor: Supervisor,
  beginStop: ComposeOptions["beginStop"],
): ControlPorts {
  const { lifecycle, reloader, log } = sources;
  return {
    status: (signal) => statusOf(sources, signal),
    health: () => ({ state: lifecycle.overall(), components: lifecycle.status() }),
    reload: () => reloader.reload(),
    logLevel: () => ({ level: log.level }),
    setLogLevel: (level) => log.setLevel(level),
    async stop({ timeoutMs, withProcesses = false }, signal) {
      const processes = await supervisor.beforeLeaving(withProcesses, signal);
      beginStop("control API", timeoutMs);
      const others = lifecycle.status().map(({ name }) => name).filter((name) => !LAST_TO_STOP.includes(name));
      return { components: await lifecycle.settled(others, signal), processes };
    },
  };
}

/** `agent.log.rate_limit` as the logger takes it; 0 is no limit. */
export function rateLimitOf({ agent }: Config): RateLimit | null {
  return agent.log.rate_limit === 0 ? null : { perSecond: agent.log.rate_limit };
}

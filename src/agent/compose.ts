import type { Clock } from "../core/mod.ts";
import { type Config, type LoadedConfig, parseEndpoint } from "../config/mod.ts";
import { createLifecycle, type Lifecycle } from "../lifecycle/mod.ts";
import type { RateLimit, RootLogger } from "../log/mod.ts";
import { controlRoutes, createControlListen, createControlSocket } from "./control/mod.ts";
import { createInstance } from "./instance/mod.ts";
import { createReloader, type Reloader } from "./reload.ts";
import { statusOf, type StatusSources } from "./status.ts";
import { createTrim } from "./trim/mod.ts";

export interface AgentParts {
  readonly lifecycle: Lifecycle;
  readonly reloader: Reloader;
}

export interface ComposeOptions {
  readonly loaded: LoadedConfig;
  /** Reads the config again, from the same file, environment and flags. */
  readonly load: () => Promise<LoadedConfig>;
  readonly log: RootLogger;
  readonly clock: Clock;
  /** Begins the agent's stop, as a signal does, without waiting for it. */
  readonly beginStop: (reason: string, timeoutMs: number | undefined) => void;
}

/** The answer to a request to stop travels through these, so it cannot wait for them. */
const LAST_TO_STOP: readonly string[] = ["control-socket", "control-listen", "instance"];

/** Builds every part of the agent and hands each what it needs. Starts nothing. */
export function composeAgent(options: ComposeOptions): AgentParts {
  const { loaded, load, log, clock, beginStop } = options;
  const { agent } = loaded.config;
  const logOf = (component: string) => log.child({ component });
  const lifecycle = createLifecycle({ clock, logger: logOf("lifecycle"), stopTimeoutMs: agent.stop_timeout.ms });
  const trim = createTrim({ interval: agent.trim_interval, log: logOf("trim") });

  const reloader = createReloader({
    initial: loaded,
    load,
    nowMs: () => clock.nowMs(),
    live: [
      { key: "agent.log.level", apply: (config) => log.setLevel(config.agent.log.level) },
      { key: "agent.log.rate_limit", apply: (config) => log.setRateLimit(rateLimitOf(config)) },
      { key: "agent.trim_interval", apply: (config) => trim.setInterval(config.agent.trim_interval) },
      { key: "agent.stop_timeout", apply: () => {} }, // read from the current config when the agent stops
    ],
  });

  const sources: StatusSources = { lifecycle, reloader, log, clock, startedMs: clock.nowMs() };
  const routes = controlRoutes({
    status: (signal) => statusOf(sources, signal),
    health: () => ({ state: lifecycle.overall(), components: lifecycle.status() }),
    reload: () => reloader.reload(),
    logLevel: () => ({ level: log.level }),
    setLogLevel: (level) => log.setLevel(level),
    stop: async (timeoutMs, signal) => {
      beginStop("control API", timeoutMs);
      const others = lifecycle.status().map(({ name }) => name).filter((name) => !LAST_TO_STOP.includes(name));
      return { components: await lifecycle.settled(others, signal) };
    },
  });
  const api = { routes, log: logOf("control") };

  lifecycle.register(createInstance({ workDir: agent.work_dir, pidFile: agent.pid_file, log: logOf("instance") }));
  lifecycle.register({ ...createControlSocket(api, agent.control.socket), dependsOn: ["instance"] });
  lifecycle.register(trim);
  const listen = parseEndpoint(agent.control.listen);
  if (listen !== null) {
    lifecycle.register(
      createControlListen(api, { hostname: listen.host, port: listen.port, tokenFile: agent.control.token_file }),
    );
  }
  return { lifecycle, reloader };
}

/** `agent.log.rate_limit` as the logger takes it; 0 is no limit. */
export function rateLimitOf({ agent }: Config): RateLimit | null {
  return agent.log.rate_limit === 0 ? null : { perSecond: agent.log.rate_limit };
}

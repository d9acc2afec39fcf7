import { type Clock, untilAborted, withinTime } from "../core/mod.ts";
import type { ManagerConfig } from "../config/mod.ts";
import { type Component, createLifecycle, type Lifecycle } from "../lifecycle/mod.ts";
import { type ComposeInput, createInstance, createReloader, MANAGER, type Reloader } from "../program/mod.ts";
import { HOST_STATES, type HostState, type ReloadReport, type StopReport, type StopRequest } from "../protocol/mod.ts";
import { composeParts, partComponents, type Parts } from "./compose_parts.ts";
import { composeServing, type Serving } from "./compose_serving.ts";
import { auditedPorts } from "./local_audit.ts";
import type { LocalPorts } from "./local_routes.ts";
import { type MachineFacts, machineFacts, namesInUse, publicUrl } from "./own_address.ts";
import { liveKeys } from "./reload.ts";
import { SetupLinks } from "./setup_links.ts";
import { statusOf } from "./status.ts";

export interface ComposeOptions extends ComposeInput<ManagerConfig> {
  readonly clock: Clock;
}

export interface ManagerParts {
  readonly lifecycle: Lifecycle;
  readonly reloader: Pick<Reloader<ManagerConfig>, "current" | "reload">;
  /** Tells the hosts that the manager leaves, and to come back spread over some time, of which this is the most. */
  drain(mostMs: number): Promise<void>;
  /** Where others reach it. */
  url(): string;
  setupLink(): Promise<string | null>;
}

/** The answer to a request to stop travels through these, so it cannot wait for them. */
const LAST_TO_STOP: readonly string[] = ["control-socket", "instance"];
/** So many hosts may come back in a second: fewer than can be let in. */
const HOSTS_PER_SECOND = 500;
/** The farewell itself, after which whoever has not heard it sees his connection end. */
const GOODBYE_MS = 2_000;

/** Builds every part of the manager and hands each what it needs. Starts nothing. */
export function composeManager({ loaded, load, log, clock, beginStop }: ComposeOptions): ManagerParts {
  const { config } = loaded;
  const startedMs = clock.nowMs();
  const logOf = (component: string) => log.child({ component });
  const lifecycle = createLifecycle({ clock, logger: logOf("lifecycle"), stopTimeoutMs: config.stop_timeout.ms });
  const machine = new Machine();
  const current = () => reloader.current().config;
  const url = () => publicUrl(current(), machine.facts, serving.listener.port);
  const parts = composeParts({ config, logOf, clock, url, current });
  const setup = new SetupLinks({ setup: parts.auth.setup, url, log: logOf("setup") });
  const serving: Serving = composeServing({
    ...{ config, parts, lifecycle, logOf, clock, url },
    async names() {
      await machine.look();
      return namesInUse(current(), machine.facts);
    },
    local: localPorts(),
    status: () =>
      statusOf({
        ...{ lifecycle, clock, startedMs, url },
        loaded: () => reloader.current(),
        managerId: parts.managerId,
        caFingerprint: serving.caFingerprint,
        setupNeeded: () => parts.auth.setup.needed(),
        hosts: () => countsOf(parts),
        sessions: () => parts.hub.report().tunnels,
      }),
  });
  const live = liveKeys({ log, certificates: serving.certificates });
  const reloader = createReloader({ initial: loaded, load, live, nowMs: () => clock.nowMs(), log: logOf("config") });

  function localPorts(): LocalPorts {
    const ports: LocalPorts = {
      reload,
      stop: stopBy(lifecycle, beginStop),
      setupLink: () => setup.link(),
      logLevel: () => ({ level: log.level }),
      setLogLevel: (level) => Promise.try(() => log.setLevel(level)),
    };
    return auditedPorts(ports, parts.audit);
  }

  /** The certificate is looked at whatever has changed: its file may be another one under the same name. */
  async function reload(): Promise<ReloadReport> {
    const report = await reloader.reload();
    await machine.look();
    const isNew = await serving.certificates?.refresh() ?? false;
    const trouble = serving.certificateTrouble();
    return {
      ...report,
      applied: isNew && !report.applied.includes("tls") ? [...report.applied, "tls"] : report.applied,
      warnings: trouble === null ? report.warnings : [...report.warnings, `certificate: ${trouble}`],
    };
  }

  const { data_dir: dir, pid_file: pidFile } = config;
  lifecycle.register(createInstance({ words: MANAGER, dir, pidFile, log: logOf("instance") }));
  lifecycle.register(serving.controlSocket);
  lifecycle.register(machine.component(["control-socket"]));
  for (const component of partComponents(parts, ["control-socket"])) lifecycle.register(component);
  lifecycle.register(setup.component(["auth"]));
  for (const component of serving.components(["machine", "auth", "tasks", "terminals"])) lifecycle.register(component);
  return {
    lifecycle,
    reloader: { current: () => reloader.current(), reload },
    drain: (mostMs) => drain(parts, clock, Math.min(mostMs, current().hosts.drain_spread.ms)),
    url,
    setupLink: () => setup.link(),
  };
}

/** What this machine is called and where it is; looked up at the start, at each reload, and with the certificate. */
class Machine {
  facts: MachineFacts = { hostname: "localhost", primary: [], all: [] };

  component(dependsOn: readonly string[]): Component {
    return {
      name: "machine",
      dependsOn,
      start: async (signal) => {
        signal.throwIfAborted();
        await this.look();
      },
      stop: () => Promise.resolve(),
    };
  }

  async look(): Promise<void> {
    this.facts = await machineFacts();
  }
}

function stopBy(lifecycle: Lifecycle, beginStop: ComposeOptions["beginStop"]): LocalPorts["stop"] {
  return async ({ timeoutMs }: StopRequest, signal: AbortSignal): Promise<StopReport> => {
    beginStop("control API", timeoutMs);
    const others = lifecycle.status().map(({ name }) => name).filter((name) => !LAST_TO_STOP.includes(name));
    return { components: await lifecycle.settled(others, signal) };
  };
}

/** A few hosts need no time to go, or to come back; ten thousand do. */
async function drain({ hub }: Parts, clock: Clock, mostMs: number): Promise<void> {
  const { tunnels } = hub.report();
  if (tunnels === 0) return;
  const spreadMs = Math.min(mostMs, Math.ceil(tunnels / HOSTS_PER_SECOND * 1_000));
  const never = new AbortController().signal;
  await withinTime(clock, spreadMs + GOODBYE_MS, never, (signal) => untilAborted(hub.drain(spreadMs), signal));
}

function countsOf({ hub }: Parts): Record<HostState, number> {
  const counts = Object.fromEntries(HOST_STATES.map((state) => [state, 0])) as Record<HostState, number>;
  for (const { state } of hub.views()) counts[state]++;
  return counts;
}

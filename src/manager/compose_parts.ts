import type { Clock } from "../core/mod.ts";
import type { ManagerConfig } from "../config/mod.ts";
import type { Component } from "../lifecycle/mod.ts";
import type { Logger } from "../log/mod.ts";
import { Audit } from "./audit/mod.ts";
import { Auth } from "./auth/mod.ts";
import { Events } from "./events/mod.ts";
import type { NewFleetEvent } from "../protocol/mod.ts";
import { Hub } from "./hub/mod.ts";
import { createLateStore } from "./late_store.ts";
import { createOwnEvents } from "./own_events.ts";
import { Samples } from "./samples/mod.ts";
import { Settings } from "./settings/mod.ts";
import { taskRefusal } from "./task_permission.ts";
import { Tasks } from "./tasks/mod.ts";
import { recordingsDir, Terminals, type TerminalsPorts } from "./terminals/mod.ts";

export interface PartsOptions {
  readonly config: ManagerConfig;
  readonly logOf: (component: string) => Logger;
  readonly clock: Clock;
  /** Where people reach the manager. */
  readonly url: () => string;
  /** The config that holds now, for what a reload may change. */
  readonly current: () => ManagerConfig;
}

export type Parts = ReturnType<typeof composeParts>;

/** What the manager knows and does, without the addresses by which it is asked. */
export function composeParts(options: PartsOptions) {
  const { config, logOf, clock, url } = options;
  const identity = { managerId: "" };
  const { store, component } = createLateStore({
    dataDir: config.data_dir,
    clock,
    log: logOf("store"),
    onOpen: async ({ facts }) => void (identity.managerId = await facts.setOnce("manager_id", crypto.randomUUID())),
  });
  const audit = new Audit({ store: store.audit, clock, log: logOf("audit") });
  const auth = new Auth({
    store,
    clock,
    log: logOf("auth"),
    origins: () => [url()],
    hostNames: () => [Deno.hostname(), ...config.tls.names],
    trustedProxies: config.trusted_proxies,
    sessionIdleMs: config.sessions.idle.ms,
    sessionMaxMs: config.sessions.lifetime.ms,
  });
  const samples = new Samples({
    clock,
    maxBytes: config.samples.max_memory.bytes,
    intervalMs: config.hosts.heartbeat_interval.ms,
  });
  const settings = new Settings({ store: store.settings, clock, log: logOf("settings") });
  const hostName = (id: string) => hub.hostName(id);
  const events = new Events({
    ports: { store: store.events, hostName },
    clock,
    log: logOf("events"),
    maxCount: config.events.max_count,
    maxAgeMs: config.events.max_age.ms,
  });
  const tasks: Tasks = new Tasks({
    ports: {
      store: store.tasks,
      hostName,
      isOnline: (id) => hub.isOnline(id),
      isDrained: (id) => hub.isDrained(id),
      fetch: (id, request) => hub.fetch(id, request),
      refusal: async (createdBy, operation, id) => {
        const host = hub.view(id);
        const ports = { store, nowMs: () => clock.nowMs() };
        return host === null ? "the host is gone" : await taskRefusal(ports, createdBy, operation, host);
      },
      publish: (news) => events.publish(news),
    },
    clock,
    log: logOf("tasks"),
    keepMs: config.tasks.keep.ms,
  });
  const publish = (news: readonly NewFleetEvent[]) => events.publish(news);
  const { hosts, processes, joinTokens } = store;
  const hub: Hub = new Hub({
    ports: { hosts, processes, joinTokens, samples, settings, events, tasks },
    managerId: () => identity.managerId,
    clock,
    log: logOf("hub"),
    heartbeatIntervalMs: config.hosts.heartbeat_interval.ms,
    timing: {
      unreachableAfterMs: config.hosts.unreachable_after.ms,
      offlineAfterMs: config.hosts.offline_after.ms,
    },
    maxSessions: config.hosts.max_sessions,
    doorway: { perAddress: config.hosts.max_pending_per_address },
  });
  const terminals = composeTerminals({ hub, recordings: store.recordings }, options);
  const managerId = () => identity.managerId;
  const ownEvents = createOwnEvents({ publish, clock, log: logOf("events") }, ["events"]);
  return {
    ...{ managerId, store, storeComponent: component, audit, auth, samples, settings, events, ownEvents, tasks, hub },
    terminals,
  };
}

function composeTerminals(ports: TerminalsPorts, { config, logOf, clock, current }: PartsOptions): Terminals {
  return new Terminals({
    ...{ ports, dir: recordingsDir(config.data_dir), clock, log: logOf("terminals") },
    settings: () => {
      const { recording, keep, max_total_bytes: maxTotal, max_bytes: max } = current().terminals;
      return { recording, keepMs: keep.ms, maxTotalBytes: maxTotal.bytes, maxBytes: max.bytes };
    },
  });
}

/** In the order of what needs what; `servers` are there from the first to the last. */
export function partComponents(parts: Parts, servers: readonly string[]): Component[] {
  const { storeComponent, audit, auth, settings, events, ownEvents, hub, tasks, terminals } = parts;
  return [
    { ...storeComponent, dependsOn: servers },
    audit.component(["store"]),
    auth.component(["store"]),
    settings.component(["store"]),
    events.component(["store"]),
    ownEvents,
    hub.component(["audit", "settings", "events"]),
    tasks.component(["hub"]),
    terminals.component(["hub"]),
  ];
}

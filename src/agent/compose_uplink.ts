import { join } from "node:path";
import { type KeptSettings, keptSettingsPath, type LoadedConfig, readKeptSettings } from "../config/mod.ts";
import { AppError, type Clock, messageOf, oneLine, VERSION } from "../core/mod.ts";
import { type AnyRoute, buildApp } from "../http/mod.ts";
import type { Lifecycle } from "../lifecycle/mod.ts";
import type { Logger } from "../log/mod.ts";
import { currentAccount, currentBoot, writePrivateFile } from "../platform/mod.ts";
import { type HostHeartbeat, type ProcessBrief, type ProcessView, REPORT_PATHS } from "../protocol/mod.ts";
import type { Collectors } from "./collectors/mod.ts";
import { hostFactsOf } from "./host_facts.ts";
import type { ManagedParts } from "./managed.ts";
import type { Reloader } from "./reload.ts";
import { addressesTowards } from "./status.ts";
import type { Supervisor } from "./supervisor/mod.ts";
import { taskRoutes, Tasks } from "./tasks/mod.ts";
import { isManager, policyGate, type SettingsPort, Uplink, type UplinkPorts } from "./uplink/mod.ts";

export interface UplinkSurroundings {
  readonly lifecycle: Lifecycle;
  readonly reloader: Reloader;
  /** The config with these settings in the place of the kept ones; rejects for bad ones. */
  readonly load: (settings: KeptSettings["values"]) => Promise<LoadedConfig>;
  readonly logOf: (component: string) => Logger;
  readonly clock: Clock;
  readonly collectors: Collectors;
  readonly supervisor: Supervisor;
  /** Of the control API, for whoever comes by the tunnel as well. */
  readonly routes: readonly AnyRoute[];
}

const MAX_REASON = 1_000;

/** Everything that only an agent with a manager has. */
export async function composeUplink(surroundings: UplinkSurroundings): Promise<ManagedParts> {
  const { lifecycle, reloader, logOf, clock } = surroundings;
  const { agent, manager } = reloader.current().config;
  const tasks: Tasks = new Tasks({
    path: join(agent.work_dir, "tasks.db"),
    clock,
    log: logOf("tasks"),
    onTrouble: (reason) =>
      reason === null ? lifecycle.report("tasks", "ok") : lifecycle.report("tasks", "degraded", reason),
    ports: {
      isManager,
      call: (request) => Promise.resolve(taskApp.fetch(request)),
      report: async (result, signal) => void await uplink.call(REPORT_PATHS.taskResult, result, signal),
    },
  });
  const app = (takesTasks: boolean): ReturnType<typeof buildApp> =>
    buildApp({
      title: "Farhand agent: control API, through the tunnel",
      version: VERSION,
      routes: [...surroundings.routes, ...(takesTasks ? taskRoutes(tasks, { isManager }) : [])],
      gate: policyGate({ policy: () => reloader.current().config.policy, takesTasks }),
      log: logOf("uplink"),
    });
  const [tunnelApp, taskApp] = [app(true), app(false)];
  const uplink: Uplink = new Uplink({
    config: manager,
    workDir: agent.work_dir,
    clock,
    log: logOf("uplink"),
    env: (name) => currentAccount().env[name],
    bootId: currentBoot(),
    ports: uplinkPorts(surroundings, {
      serve: (request) => tunnelApp.fetch(request),
      settings: await settingsPort(surroundings),
      linked: () => tasks.linked(),
      health: () => healthOf(lifecycle, uplink.trouble),
    }),
  });
  return {
    tasks: tasks.component([]),
    uplink: uplink.component([]),
    status: () => uplink.status(),
    reloaded: (config) => uplink.reloaded(config.manager),
  };
}

function uplinkPorts(
  { lifecycle, reloader, collectors, supervisor }: UplinkSurroundings,
  given: Pick<UplinkPorts, "serve" | "settings" | "linked" | "health">,
): UplinkPorts {
  return {
    ...given,
    samples: {
      latest: (series) => collectors.fleetRow(series),
      past: (series, span) => collectors.fleetRows(series, span),
    },
    processes: {
      briefs: () => supervisor.views().map(briefOf),
      eventsAfter: (seq, limit) => supervisor.eventsAfter(seq, limit),
      onEvent: (listener) => supervisor.onEvent(listener),
    },
    async facts(towards, signal) {
      const { primary } = await addressesTowards(towards, signal);
      const address = primary.v4?.address ?? primary.v6?.address ?? "";
      return hostFactsOf(collectors, reloader.current().config.policy, address);
    },
    uptimeMs: () => Math.round(Deno.osUptime() * 1_000) || undefined,
    onState: (state, reason) =>
      state === "ok" ? lifecycle.report("uplink", state, reason) : lifecycle.report("uplink", state, reason),
  };
}

/** What the manager is told in a word or two. How the agent reaches it, it knows by hearing this. */
export function healthOf(
  lifecycle: Pick<Lifecycle, "status">,
  uplinkTrouble: string | null,
): Pick<HostHeartbeat, "state" | "reason"> {
  const words = lifecycle.status().flatMap(({ name, state, reason }) => {
    if (name === "uplink") return uplinkTrouble === null ? [] : [`uplink: ${uplinkTrouble}`];
    if (state !== "degraded" && state !== "failed") return [];
    return [reason === undefined ? name : `${name}: ${reason}`];
  });
  return words.length === 0 ? { state: "ok" } : { state: "degraded", reason: oneLine(words.join("; "), MAX_REASON) };
}

function briefOf(view: ProcessView): ProcessBrief {
  const { id, name, state, sinceMs, reason, labels, pid, restarts, usage } = view;
  return {
    id,
    name: name.slice(0, 200),
    state,
    sinceMs,
    reason: reason.slice(0, MAX_REASON).toWellFormed(),
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key.slice(0, 80), value.slice(0, 200)])),
    ...(pid !== undefined && { pid }),
    restarts,
    ...(usage?.cpuPercent !== undefined && { cpuPercent: usage.cpuPercent }),
    ...(usage?.rssBytes !== undefined && { rssBytes: usage.rssBytes }),
  };
}

/** The settings as they are kept; new ones are tried before they are, so that what is kept is good. */
async function settingsPort({ reloader, load, logOf }: UplinkSurroundings): Promise<SettingsPort> {
  const workDir = reloader.current().config.agent.work_dir;
  let kept: KeptSettings | null = null;
  try {
    kept = await readKeptSettings(workDir);
    if (kept !== null) await load(kept.values);
  } catch (error) {
    kept = null; // they are not in force, so the manager is to send them again
    logOf("uplink").warn("the kept settings of the manager are of no use", { reason: messageOf(error) });
  }
  return {
    version: (managerId) => kept?.managerId === managerId ? kept.version : 0,
    isOf: (managerId) => kept === null || kept.managerId === managerId,
    async apply({ version, values }, managerId) {
      try {
        await load(values);
      } catch (error) {
        throw new AppError("invalid_config", messageOf(error), { cause: error });
      }
      const next = { managerId, version, values };
      await writePrivateFile(keptSettingsPath(workDir), `${JSON.stringify(next, null, 2)}\n`);
      kept = next;
      await reloader.reload();
    },
  };
}

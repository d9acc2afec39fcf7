import { resolve } from "node:path";
import { buildInfo, type Clock } from "../core/mod.ts";
import { parseEndpoint } from "../config/mod.ts";
import type { Managed } from "./managed.ts";
import type { Lifecycle } from "../lifecycle/mod.ts";
import type { RootLogger } from "../log/mod.ts";
import { localAddresses } from "../platform/mod.ts";
import type { AgentStatus } from "../protocol/mod.ts";
import type { Reloader } from "./reload.ts";
import type { Supervisor } from "./supervisor/mod.ts";

export interface StatusSources {
  readonly lifecycle: Lifecycle;
  readonly reloader: Reloader;
  readonly supervisor: Pick<Supervisor, "counts">;
  /** Null for an agent that works alone. */
  readonly managed: Pick<Managed, "status"> | null;
  readonly log: RootLogger;
  readonly clock: Clock;
  readonly startedMs: number;
}

const RESOLVE_LIMIT_MS = 1_000;

/** What `GET /v1/status` answers. */
export async function statusOf(sources: StatusSources, signal: AbortSignal): Promise<AgentStatus> {
  const { lifecycle, reloader, supervisor, managed, log, clock, startedMs } = sources;
  const { config, file, warnings } = reloader.current();
  const { agent, manager } = config;
  const { version, commit, target } = buildInfo();
  const { rss, heapUsed } = Deno.memoryUsage();
  const link = managed?.status();
  const id = agent.id || (link?.hostId ?? "");
  return {
    state: lifecycle.overall(),
    pid: Deno.pid,
    version,
    commit,
    target,
    startedMs,
    uptimeMs: clock.nowMs() - startedMs,
    hostname: Deno.hostname(),
    ...(id === "" ? {} : { id }),
    mode: manager.address === "" ? "standalone" : "managed",
    logLevel: log.level,
    config: { file: file === null ? null : resolve(file), loadedMs: reloader.loadedMs(), warnings: [...warnings] },
    paths: {
      workDir: agent.work_dir,
      pidFile: agent.pid_file,
      logFile: agent.log.file,
      socket: agent.control.socket,
    },
    listen: agent.control.listen === "" ? null : agent.control.listen,
    addresses: await addressesTowards(managerHost(manager.address), signal),
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
    components: lifecycle.status(),
    processes: supervisor.counts(),
    ...(link === undefined ? {} : { manager: link }),
  };
}

/** A name server that does not answer must not keep the status from being told; then the default route counts. */
export async function addressesTowards(
  host: string | undefined,
  signal: AbortSignal,
): Promise<AgentStatus["addresses"]> {
  const limit = AbortSignal.timeout(RESOLVE_LIMIT_MS);
  const found = await localAddresses({ towards: host, signal: AbortSignal.any([signal, limit]) }).catch((error) => {
    if (signal.aborted || !limit.aborted) throw error;
    return localAddresses({ signal });
  });
  return { primary: found.primary, all: [...found.all] };
}

/** The host in a manager's address, whichever of its forms that has; undefined for a standalone agent. */
function managerHost(address: string): string | undefined {
  const first = address.split(",", 1)[0]?.trim() ?? "";
  const host = URL.parse(first)?.hostname || parseEndpoint(first)?.host;
  return host?.replace(/^\[(.*)\]$/, "$1");
}

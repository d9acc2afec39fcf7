import { hostname } from "node:os";
import { buildInfo, type Clock } from "../core/mod.ts";
import { parseEndpoint } from "../config/mod.ts";
import type { Lifecycle } from "../lifecycle/mod.ts";
import type { RootLogger } from "../log/mod.ts";
import { localAddresses } from "../platform/mod.ts";
import type { AgentStatus } from "../protocol/mod.ts";
import type { Reloader } from "./reload.ts";

export interface StatusSources {
  readonly lifecycle: Lifecycle;
  readonly reloader: Reloader;
  readonly log: RootLogger;
  readonly clock: Clock;
  readonly startedMs: number;
}

/** What `GET /v1/status` answers. */
export async function statusOf(sources: StatusSources, signal: AbortSignal): Promise<AgentStatus> {
  const { lifecycle, reloader, log, clock, startedMs } = sources;
  const { config, file, warnings } = reloader.current();
  const { agent, manager } = config;
  const { version, commit, target } = buildInfo();
  const { rss, heapUsed } = Deno.memoryUsage();
  const towards = managerHost(manager.address);
  return {
    state: lifecycle.overall(),
    pid: Deno.pid,
    version,
    commit,
    target,
    startedMs,
    uptimeMs: clock.nowMs() - startedMs,
    hostname: hostname(),
    ...(agent.id === "" ? {} : { id: agent.id }),
    mode: manager.address === "" ? "standalone" : "managed",
    logLevel: log.level,
    config: { file, loadedMs: reloader.loadedMs(), warnings: [...warnings] },
    paths: {
      workDir: agent.work_dir,
      pidFile: agent.pid_file,
      logFile: agent.log.file,
      socket: agent.control.socket,
    },
    listen: agent.control.listen === "" ? null : agent.control.listen,
    addresses: withoutReadonly(await localAddresses({ towards, signal })),
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
    components: lifecycle.status(),
  };
}

function withoutReadonly({ primary, all }: Awaited<ReturnType<typeof localAddresses>>) {
  return { primary, all: [...all] };
}

/** The host in a manager's address, whichever of its forms that has; undefined for a standalone agent. */
function managerHost(address: string): string | undefined {
  return URL.parse(address)?.hostname || parseEndpoint(address)?.host;
}

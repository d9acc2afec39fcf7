import { resolve } from "node:path";
import { buildInfo, type Clock } from "../core/mod.ts";
import type { LoadedManagerConfig } from "../config/mod.ts";
import type { Lifecycle } from "../lifecycle/mod.ts";
import type { HostState, ManagerStatus } from "../protocol/mod.ts";

export interface StatusSources {
  readonly lifecycle: Lifecycle;
  readonly loaded: () => LoadedManagerConfig;
  readonly clock: Clock;
  readonly startedMs: number;
  readonly managerId: () => string;
  readonly url: () => string;
  readonly caFingerprint: () => string | undefined;
  readonly setupNeeded: () => Promise<boolean>;
  readonly hosts: () => Record<HostState, number>;
  readonly sessions: () => number;
}

/** What `GET /api/v1/status` answers. */
export async function statusOf(sources: StatusSources): Promise<ManagerStatus> {
  const { lifecycle, clock, startedMs } = sources;
  const { config, file, warnings } = sources.loaded();
  const { version, commit, target } = buildInfo();
  const { rss, heapUsed } = Deno.memoryUsage();
  const caFingerprint = sources.caFingerprint();
  return {
    state: lifecycle.overall(),
    managerId: sources.managerId(),
    pid: Deno.pid,
    version,
    commit,
    target,
    startedMs,
    uptimeMs: clock.nowMs() - startedMs,
    hostname: Deno.hostname(),
    config: { file: file === null ? null : resolve(file), warnings: [...warnings] },
    paths: {
      dataDir: config.data_dir,
      pidFile: config.pid_file,
      logFile: config.log.file,
      socket: config.control.socket,
    },
    listen: config.listen,
    url: sources.url(),
    ...(caFingerprint === undefined ? {} : { caFingerprint }),
    setupNeeded: await sources.setupNeeded(),
    hosts: sources.hosts(),
    sessions: sources.sessions(),
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
    components: lifecycle.status(),
  };
}

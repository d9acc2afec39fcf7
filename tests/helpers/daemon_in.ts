/** What the tests of `Daemon` share: agents that are shell scripts, and control APIs that are functions. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Daemon } from "../../src/cli/daemon.ts";
import { AppError } from "../../src/core/mod.ts";
import { ApiClient } from "../../src/http/mod.ts";
import { type ProcessIdentity, processIdentity } from "../../src/platform/mod.ts";
import type { AgentStatus } from "../../src/protocol/mod.ts";

export const notRunning = new AppError("not_running", "nothing there");

export type Api = (path: string, init: RequestInit) => Promise<unknown>;

/** A daemon whose agent is a shell script that has `$DIR`, and whose control API is a function. */
export function daemonIn(dir: string, { script = "exit 9", api }: { script?: string; api: Api }): Daemon {
  const client = new ApiClient(async (path, init) =>
    Response.json({ code: 0, msg: "ok", data: await api(path, init) })
  );
  const paths = { pidFile: join(dir, "agent.pid"), socket: join(dir, "agent.sock") };
  const env = { DIR: dir, PATH: "/usr/bin:/bin" };
  return new Daemon({ client, paths, runCommand: ["/bin/sh", "-c", script], env, stopGraceMs: 100 });
}

/** A script that runs as long as the test does, and who it is. */
export async function withProcess(script: string, use: (identity: ProcessIdentity) => Promise<void>): Promise<void> {
  const args = ["-c", `${script}\necho ready; while :; do sleep 0.01; done`];
  const child = new Deno.Command("/bin/sh", { args, stdout: "piped" }).spawn();
  try {
    await child.stdout.getReader().read();
    const identity = processIdentity(child.pid);
    assert.ok(identity);
    await use(identity);
  } finally {
    const identity = processIdentity(child.pid);
    if (identity !== null) child.kill("SIGKILL");
    await child.status;
  }
}

export function statusOf(pid: number): AgentStatus {
  return {
    state: "ok",
    pid,
    version: "1.0.0",
    commit: "c",
    target: "t",
    startedMs: 1,
    uptimeMs: 1,
    hostname: "h",
    mode: "standalone",
    logLevel: "info",
    config: { file: null, loadedMs: 1, warnings: [] },
    paths: { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" },
    listen: null,
    addresses: { primary: {}, all: [] },
    memory: { rssBytes: 1, heapUsedBytes: 1 },
    components: [],
  };
}

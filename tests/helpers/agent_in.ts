/** A whole agent in this process, with all its parts. */
import { join } from "node:path";
import { composeAgent } from "../../src/agent/compose.ts";
import { systemClock } from "../../src/core/mod.ts";
import { loadManagedConfig } from "../../src/config/mod.ts";
import { type ApiClient, localClient } from "../../src/http/mod.ts";
import type { Lifecycle } from "../../src/lifecycle/mod.ts";
import type { LogRecord } from "../../src/log/mod.ts";
import { pathsUnder } from "../../src/platform/mod.ts";
import { type AgentStatus, agentStatus, type ManagerLink } from "../../src/protocol/mod.ts";
import { until } from "./host.ts";
import { recordingLog } from "./recording_log.ts";

export interface AgentIn extends AsyncDisposable {
  readonly dir: string;
  readonly lifecycle: Lifecycle;
  readonly records: readonly LogRecord[];
  /** Its control socket. */
  readonly client: ApiClient;
  /** As `--set` would say, at the next reload. */
  sets: readonly string[];
  status(): Promise<AgentStatus>;
  link(): Promise<ManagerLink>;
  reload(): Promise<unknown>;
  stop(): Promise<void>;
  /** Waits until the uplink is in this state, for a reason that fits. */
  untilLink(state: ManagerLink["state"], reason?: RegExp): Promise<ManagerLink>;
}

const TOKEN = "manager.token=";

/** The one key that no command line may have; the last one counts. */
function environmentOf(sets: readonly string[]): Record<string, string> {
  const token = sets.findLast((set) => set.startsWith(TOKEN))?.slice(TOKEN.length) ?? "";
  return token === "" ? {} : { AGENT_MANAGER_TOKEN: token };
}

/** Starts an agent whose files are all in `dir`. */
export async function startAgentIn(dir: string, ...sets: readonly string[]): Promise<AgentIn> {
  const { log, records } = recordingLog();
  const chosen = { sets };
  const load = (dynamic?: Readonly<Record<string, unknown>>) =>
    loadManagedConfig({
      file: null,
      fileRequired: false,
      env: environmentOf(chosen.sets),
      flags: { set: chosen.sets.filter((set) => !set.startsWith(TOKEN)) },
      defaults: pathsUnder(dir),
      cwd: dir,
      ...(dynamic !== undefined && { dynamic }),
    });
  const beginStop = () => {};
  const { lifecycle, reloader } = composeAgent({ loaded: await load(), load, log, clock: systemClock, beginStop });
  await lifecycle.start(new AbortController().signal);
  const client = localClient(join(dir, "agent.sock"));
  const status = async () => agentStatus.parse(await client.call("/v1/status"));
  const link = async () => {
    const { manager } = await status();
    if (manager === undefined) throw new Error("The agent has no manager");
    return manager;
  };
  const stop = async () => void await lifecycle.stop({ timeoutMs: 10_000 });
  return Object.assign(chosen, {
    dir,
    lifecycle,
    records,
    client,
    status,
    link,
    reload: () => reloader.reload(),
    stop,
    async untilLink(state: ManagerLink["state"], reason = /(?:)/) {
      let last = await link();
      const isSo = async () => {
        last = await link();
        return last.state === state && reason.test(last.reason);
      };
      await until(isSo, `the uplink is ${state} for ${reason}; it is ${last.state} for ${last.reason}`);
      return last;
    },
    [Symbol.asyncDispose]: stop,
  });
}

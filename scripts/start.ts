/**
 * `deno task start [--listen URL] [--dir DIR] [--set KEY=VALUE …]`: a manager and a first host on embedded defaults, for
 * trying the whole out from a checkout. All files are below ./.farhand, or DIR. The keys are of the host's config, such as
 * policy.terminal=on. Ctrl-C stops both.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AppError, systemClock } from "../src/core/mod.ts";
import { type ApiClient, localClient } from "../src/http/mod.ts";
import { hostList, madeJoinToken, type ManagerStatus, managerStatus, setupLink } from "../src/protocol/mod.ts";
import { fromFileUrl, ROOT, runScript } from "./support.ts";

const LISTEN = "http://127.0.0.1:9443";
const READY_MS = 60_000;
const JOINED_MS = 20_000;
const POLL_MS = 50;
/** Longer than both take to stop by themselves. */
const LAST_RESORT_MS = 45_000;
const SIGNALS = Deno.build.os === "windows"
  ? (["SIGINT", "SIGBREAK"] as const)
  : (["SIGINT", "SIGTERM", "SIGHUP"] as const);

interface Places {
  readonly manager: string;
  readonly agent: string;
}

async function main(): Promise<number> {
  const options = {
    listen: { type: "string", default: LISTEN },
    dir: { type: "string", default: join(fromFileUrl(ROOT), ".farhand") },
    set: { type: "string", multiple: true, default: [] as string[] },
  } as const;
  const { values: { listen, dir, set } } = parseArgs({ args: Deno.args, options });
  const places = { manager: join(dir, "manager"), agent: join(dir, "agent") };
  const asked = new AbortController();
  for (const signal of SIGNALS) Deno.addSignalListener(signal, () => asked.abort());

  const manager = ["manager", "run", "--config", "configs/manager.yaml", "--data-dir", places.manager];
  const children = [spawn([...manager, "--listen", listen])];
  children[0]?.status.then(() => asked.abort());
  try {
    const api = localClient(join(places.manager, "manager.sock"));
    const status = await untilReady(api, asked.signal);
    if (status !== null) {
      const more = set.flatMap((each) => ["--set", each]);
      const agent = spawn([...agentArgs(places, status), ...more], { AGENT_MANAGER_TOKEN: await joinToken(api) });
      children.unshift(agent);
      agent.status.then(() => asked.abort());
      // After all that both say of themselves at first, where it is seen.
      await untilJoined(api, asked.signal);
      if (!asked.signal.aborted) console.log(await welcome(api, status.url));
      if (!asked.signal.aborted) await new Promise((resolve) => asked.signal.addEventListener("abort", resolve));
    }
  } finally {
    Deno.exitCode = await finish(children);
  }
  return Number(Deno.exitCode);
}

/** This same program from the sources, its log on this terminal. */
function spawn(args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
  const main = fromFileUrl(new URL("main.ts", ROOT));
  return new Deno.Command(Deno.execPath(), { args: ["run", "-A", main, ...args], cwd: ROOT, env, stdin: "null" })
    .spawn();
}

/** The annotated examples change nothing, and keep this away from what the machine itself has in /etc. */
function agentArgs(places: Places, { url, caFingerprint }: ManagerStatus): string[] {
  const authority = caFingerprint === undefined ? [] : ["--set", `manager.ca_fingerprint=${caFingerprint}`];
  const address = ["--set", `manager.address=${url.replace(/^http/, "ws")}`];
  return ["run", "--config", "configs/agent.yaml", "--work-dir", places.agent, ...address, ...authority];
}

/** Null when the manager has ended, or somebody wants to stop, before it was ready. */
async function untilReady(api: ApiClient, signal: AbortSignal): Promise<ManagerStatus | null> {
  const limit = AbortSignal.timeout(READY_MS);
  while (!signal.aborted) {
    try {
      await api.call("/readyz", { signal: limit });
      return managerStatus().parse(await api.call("/api/v1/status", { signal: limit }));
    } catch (error) {
      const isEarly = error instanceof AppError && ["not_running", "unavailable"].includes(error.code);
      if (!isEarly || limit.aborted) throw error;
      await systemClock.sleep(POLL_MS);
    }
  }
  return null;
}

/** Until the first host is there; whatever keeps it away is in its log. */
async function untilJoined(api: ApiClient, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(JOINED_MS)]);
  const isOnline = async () =>
    hostList().parse(await api.call("/api/v1/hosts", { signal: limit })).hosts.some(({ state }) => state === "online");
  try {
    while (!await isOnline()) await systemClock.sleep(POLL_MS, limit);
  } catch (error) {
    if (!limit.aborted) throw error;
  }
}

async function welcome(api: ApiClient, url: string): Promise<string> {
  const { link } = setupLink().parse(await api.call("/v1/setup-link", { method: "POST" }));
  const first = link === null ? "" : `\nThe first admin is made here, once: ${link}`;
  return `\nThe console: ${url}${first}\nThis machine is its first host. Ctrl-C stops both.\n`;
}

/** Made at each start: an agent that has an identity already leaves it unused, and it expires. */
async function joinToken(api: ApiClient): Promise<string> {
  const body = { name: "deno task start", expiresIn: "10m", labels: { env: "dev" } };
  return madeJoinToken().parse(await api.call("/api/v1/join-tokens", { method: "POST", body })).secret;
}

/** The agent first, so that it can say goodbye; whoever does not end is killed. The worst exit code of them counts. */
async function finish(children: readonly Deno.ChildProcess[]): Promise<number> {
  let worst = 0;
  for (const child of children) {
    const timer = setTimeout(() => stop(child, "SIGKILL"), LAST_RESORT_MS);
    stop(child, "SIGTERM");
    worst = Math.max(worst, (await child.status).code);
    clearTimeout(timer);
  }
  return worst;
}

function stop(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error; // it has ended already
  }
}

if (import.meta.main) await runScript("start", main);

/** The manager that a simulated fleet reports to: its life, its control socket, and what it uses. */
import { join } from "node:path";
import { localClient } from "../src/http/mod.ts";
import { hostList, type HostState, madeJoinToken, managerStatus } from "../src/protocol/mod.ts";
import type { FleetOptions } from "./fleet_options.ts";
import { pause } from "./process_use.ts";
import { fromFileUrl, ROOT } from "./support.ts";

export interface Place {
  readonly dataDir: string;
  readonly configFile: string;
  readonly listen: string;
}

/** What is asked of a manager by its control socket, whoever has started it. */
export class ManagerControl {
  readonly socket: string;

  constructor(dataDir: string) {
    this.socket = join(dataDir, "manager.sock");
  }

  async status() {
    return managerStatus().parse(await this.#call("/api/v1/status"));
  }

  async hostCounts(): Promise<Readonly<Record<HostState, number>>> {
    return (await this.status()).hosts;
  }

  async hostsPage(): Promise<number> {
    return hostList().parse(await this.#call("/api/v1/hosts?limit=100")).hosts.length;
  }

  async joinToken(uses: number): Promise<string> {
    const body = { name: "simulated fleet", expiresIn: "24h", maxUses: uses, labels: { fleet: "simulated" } };
    return madeJoinToken().parse(await this.#call("/api/v1/join-tokens", body)).secret;
  }

  async #call(path: string, body?: unknown): Promise<unknown> {
    const request = body === undefined ? {} : { method: "POST" as const, body };
    return await localClient(this.socket).call(path, { ...request, signal: AbortSignal.timeout(60_000) });
  }
}

const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 40_000;

/** The manager's process; it is started anew at the same address after it was killed. */
export class ManagerProcess {
  readonly control: ManagerControl;
  readonly #place: Place;
  readonly #command: Deno.Command;
  #child: Deno.ChildProcess | null = null;

  constructor(place: Place, { executable, denoFlags, set }: Pick<FleetOptions, "executable" | "denoFlags" | "set">) {
    this.#place = place;
    this.control = new ManagerControl(place.dataDir);
    const [program, before] = executable === null
      ? [Deno.execPath(), ["run", "-A", ...denoFlags, fromFileUrl(new URL("main.ts", ROOT))]]
      : [executable, []];
    const args = [...before, "manager", "run", "--background", "--config", place.configFile];
    for (const pair of set) args.push("--set", pair);
    this.#command = new Deno.Command(program, {
      args,
      cwd: place.dataDir,
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    });
  }

  get pid(): number {
    if (this.#child === null) throw new Error("The manager is not running");
    return this.#child.pid;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const child = this.#child = this.#command.spawn();
    let ended: Deno.CommandStatus | null = null;
    child.status.then((status) => ended = status);
    const deadlineMs = performance.now() + READY_LIMIT_MS;
    while (!await this.#isReady()) {
      if (ended !== null) throw new Error(`The manager has ended: see ${join(this.#place.dataDir, "manager.log")}`);
      if (performance.now() > deadlineMs) throw new Error("The manager did not answer within 60 s");
      await pause(0.05);
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    child?.kill("SIGKILL");
    await child?.status;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    child.kill("SIGTERM");
    const limit = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    await child.status;
    clearTimeout(limit);
  }

  /** Until all of it has started, people and agents are not answered. */
  async #isReady(): Promise<boolean> {
    try {
      return (await this.control.status()).components.every(({ state }) => state === "ok" || state === "degraded");
    } catch {
      return false; // it is on its way; whether it has ended is looked at besides
    }
  }
}

/** A config with which so many hosts of one address are let in at once, as they never are in reality. */
export function managerConfig(
  { dataDir, listen }: Place,
  { hosts, intervalMs }: Pick<FleetOptions, "hosts" | "intervalMs">,
): string {
  return JSON.stringify({
    data_dir: dataDir,
    listen,
    hosts: {
      heartbeat_interval: `${intervalMs}ms`,
      max_sessions: Math.max(20_000, hosts),
      max_pending_per_address: hosts,
    },
  });
}

/** A port of the loopback that is free now; the manager keeps to it when it is started anew. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** One simulated host: the agent's own uplink, with made-up measurements and processes behind it. */
import { type Clock, Duration, Secret } from "../src/core/mod.ts";
import type { Component } from "../src/lifecycle/mod.ts";
import type { Logger } from "../src/log/mod.ts";
import type { DynamicSettings, HostFacts, SampleRow } from "../src/protocol/mod.ts";
import { Uplink, type UplinkOptions, type UplinkPorts } from "../src/agent/uplink/mod.ts";
import type { WorkerOrder } from "./fleet_messages.ts";
import { SimulatedProcesses } from "./fleet_processes.ts";
import { WanderingRows } from "./fleet_rows.ts";

/** What is counted over all hosts of a worker. */
export interface HostTally {
  connected(): void;
  disconnected(): void;
  /** A heartbeat was answered. */
  answered(ms: number): void;
}

export interface HostOptions {
  readonly number: number;
  readonly order: WorkerOrder;
  /** Where the identity is kept. */
  readonly dir: string;
  /** What is reached is a relay before it, or the manager itself. */
  readonly address: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly tally: HostTally;
}

const NEVER = new AbortController().signal;
const GIB = 1024 ** 3;
/** No agent remembers more in full. */
const MAX_PAST_ROWS = 3_600;

/** Whether a host is connected, told when it changes. */
class Presence {
  readonly #tally: HostTally;
  #isConnected = false;

  constructor(tally: HostTally) {
    this.#tally = tally;
  }

  set(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (isConnected) this.#tally.connected();
    else this.#tally.disconnected();
  }
}

export class SimulatedHost {
  readonly processes: SimulatedProcesses;
  readonly #component: Component;
  readonly #presence: Presence;

  constructor({ number, order, dir, address, clock, log, random, tally }: HostOptions) {
    const nowMs = () => clock.nowMs();
    this.processes = new SimulatedProcesses(order.processes, nowMs, random);
    this.#presence = new Presence(tally);
    const ports = portsOf(this.processes, this.#presence, { number, order, clock, random, tally });
    const uplink = new Uplink({
      config: configOf(address, order),
      workDir: dir,
      ...{ clock, log, ports, random },
      env: () => undefined,
      bootId: crypto.randomUUID(),
    });
    this.#component = uplink.component([]);
  }

  async join(): Promise<void> {
    await this.#component.start(NEVER);
  }

  /** As an agent that is stopped. */
  async leave(): Promise<void> {
    await this.#component.stop(NEVER);
    this.#presence.set(false);
  }
}

function configOf(address: string, { tokenFile, caFingerprint }: WorkerOrder): UplinkOptions["config"] {
  return {
    address,
    token: new Secret(""),
    token_file: tokenFile,
    ca_file: "",
    ca_fingerprint: caFingerprint,
    cert_file: "",
    key_file: "",
    heartbeat_interval: new Duration(10_000),
    reconnect_interval: new Duration(60_000),
    timeout: new Duration(30_000),
  };
}

function portsOf(
  processes: SimulatedProcesses,
  presence: Presence,
  { number, order, clock, random, tally }: Pick<HostOptions, "number" | "order" | "clock" | "random" | "tally">,
): UplinkPorts {
  const rows = new WanderingRows(random);
  const facts = factsOf(number, order);
  const sinceMs = clock.nowMs() - order.historyMs;
  let settings: DynamicSettings = { version: 0, values: {} };
  return {
    serve: () => Response.json({ code: 10005, msg: "A simulated host cannot be asked", data: null }, { status: 501 }),
    samples: {
      // A reading for each heartbeat: there is no busier host.
      latest: (series) => rows.next(series, Math.round(clock.nowMs())),
      past: (series, { fromMs, toMs, stepMs }) =>
        timesOf(Math.max(fromMs, sinceMs), toMs, stepMs).map((timeMs): SampleRow => rows.next(series, timeMs)),
    },
    processes,
    settings: {
      isOf: () => settings.version > 0,
      version: () => settings.version,
      apply: (given) => Promise.resolve(void (settings = given)),
    },
    facts: () => Promise.resolve(facts),
    health: () => ({ state: "ok" }),
    uptimeMs: () => Math.round(clock.nowMs() - sinceMs),
    linked() {},
    answered: (ms) => tally.answered(ms),
    onState: (state) => presence.set(state === "ok"),
  };
}

function timesOf(fromMs: number, toMs: number, stepMs: number): number[] {
  const count = Math.min(MAX_PAST_ROWS, Math.max(0, Math.floor((toMs - fromMs) / stepMs)));
  return Array.from({ length: count }, (_, step) => Math.round(fromMs + step * stepMs));
}

function factsOf(number: number, { runName }: WorkerOrder): HostFacts {
  return {
    hostname: `${runName}-${String(number).padStart(5, "0")}`,
    os: "linux",
    arch: "x86_64",
    version: "0.1.0",
    osName: "Debian GNU/Linux 12 (bookworm)",
    kernel: "6.1.0-18-amd64",
    machineId: crypto.randomUUID().replaceAll("-", ""),
    cpuCores: 2 + number % 30,
    memoryTotalBytes: (4 + number % 60) * GIB,
    diskTotalBytes: 200 * GIB,
    address: `10.${number >> 16 & 255}.${number >> 8 & 255}.${number & 255}`,
    policy: { exec: "off", terminal: "off", deploy: "on", files: "off", forward: "off", update: "on", jobs: "on" },
  };
}

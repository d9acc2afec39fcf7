/**
 * One process of `bench:fleet`: holds many simulated hosts and tells several times a second how they are. The first line of its
 * standard input is its order; when that ends, so does the worker.
 */
import { join } from "node:path";
import { systemClock } from "../src/core/mod.ts";
import { createLogger, type Logger, type LogRecord } from "../src/log/mod.ts";
import { Histogram } from "./fleet_histogram.ts";
import { type HostTally, SimulatedHost } from "./fleet_host.ts";
import { linesOf, LOGIN_SLOT_MS, type WorkerOrder, type WorkerTick } from "./fleet_messages.ts";
import { Relay } from "./fleet_relay.ts";
import { pause } from "./process_use.ts";

const TICK_MS = 250;
const TURN_MS = 100;
/** How often a process changes its state, on average. */
const CHANGE_EACH_MS = 300_000;
/** How long a host that leaves stays away. */
const AWAY_SECONDS = { from: 3, to: 10 } as const;
/** What the uplink says of a connection that was there, whyever it is no more. */
const ENDED = "connection to the manager ended";
const MAX_WARNINGS = 20;
const MAX_WARNING = 160;

/** What is counted until it is told. */
class Tally implements HostTally {
  readonly answers = new Histogram();
  readonly #warnings = new Map<string, number>();
  #logins = new Map<number, number>();
  #isConnected = 0;
  #ends = 0;

  connected(): void {
    this.#isConnected++;
    const slot = Math.floor(Date.now() / LOGIN_SLOT_MS);
    this.#logins.set(slot, (this.#logins.get(slot) ?? 0) + 1);
  }

  disconnected(): void {
    this.#isConnected--;
    this.#ends++;
  }

  answered(ms: number): void {
    this.answers.add(ms);
  }

  /** Numbers are left out, so that what is wrong with many hosts is one line. */
  logged({ level, msg, fields }: LogRecord): void {
    if (level === "info" && msg !== ENDED) return;
    const reason = fields["reason"] ?? fields["error"];
    const words = reason === undefined
      ? msg
      : `${msg}: ${typeof reason === "string" ? reason : JSON.stringify(reason)}`;
    const text = words.replaceAll(/\d+/g, "#").slice(0, MAX_WARNING);
    if (this.#warnings.has(text) || this.#warnings.size < MAX_WARNINGS) {
      this.#warnings.set(text, (this.#warnings.get(text) ?? 0) + 1);
    }
  }

  take(lagMs: number): WorkerTick {
    const tick = {
      connected: this.#isConnected,
      logins: [...this.#logins],
      ends: this.#ends,
      answers: this.answers.take(),
      warnings: [...this.#warnings],
      lagMs: Math.round(lagMs * 10) / 10,
    };
    this.#logins = new Map();
    this.#ends = 0;
    this.#warnings.clear();
    return tick;
  }
}

class Worker {
  readonly #order: WorkerOrder;
  readonly #tally = new Tally();
  readonly #log: Logger;
  readonly #hosts: SimulatedHost[] = [];
  readonly #away = new Set<SimulatedHost>();
  readonly #relay: Relay | null;

  constructor(order: WorkerOrder) {
    this.#order = order;
    const sink = { write: (record: LogRecord) => this.#tally.logged(record), close() {} };
    this.#log = createLogger({ level: "info", sinks: [sink], clock: systemClock });
    const { hostname, port } = new URL(order.address);
    this.#relay = order.loss > 0
      ? new Relay({ hostname, port: Number(port), loss: order.loss, random: Math.random })
      : null;
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#begin(signal), this.#tell(signal), this.#change(signal), this.#churn(signal)]);
    await Promise.all(this.#hosts.map((host) => host.leave()));
    this.#relay?.close();
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { hosts, firstHost, dir, startRate } = this.#order;
    const beganMs = performance.now();
    for (let at = 0; at < hosts && !signal.aborted; at++) {
      const own = join(dir, String(firstHost + at));
      await Deno.mkdir(own, { recursive: true, mode: 0o700 });
      const host = this.#newHost(firstHost + at, own);
      this.#hosts.push(host);
      await host.join();
      const dueMs = startRate === 0 ? 0 : beganMs + at * 1_000 / startRate - performance.now();
      if (dueMs > 1) await pause(dueMs / 1_000);
    }
  }

  #newHost(number: number, dir: string): SimulatedHost {
    const address = new URL(this.#order.address);
    if (this.#relay !== null) {
      address.hostname = "127.0.0.1";
      address.port = String(this.#relay.port);
    }
    return new SimulatedHost({
      ...{ number, dir, order: this.#order, address: address.href.replace(/\/$/, "") },
      ...{ clock: systemClock, log: this.#log, random: Math.random, tally: this.#tally },
    });
  }

  async #tell(signal: AbortSignal): Promise<void> {
    const encoder = new TextEncoder();
    while (!signal.aborted) {
      const beganMs = performance.now();
      await pause(TICK_MS / 1_000);
      const tick = this.#tally.take(performance.now() - beganMs - TICK_MS);
      await Deno.stdout.write(encoder.encode(`${JSON.stringify(tick)}\n`));
    }
  }

  /** As many processes as in that time change, of hosts at random. */
  async #change(signal: AbortSignal): Promise<void> {
    const { hosts, processes } = this.#order;
    const due = dueEach(hosts * processes / CHANGE_EACH_MS);
    while (!signal.aborted) {
      await pause(TURN_MS / 1_000);
      for (let count = due(); count > 0; count--) {
        this.#hosts[Math.floor(Math.random() * this.#hosts.length)]?.processes.change();
      }
    }
  }

  async #churn(signal: AbortSignal): Promise<void> {
    const due = dueEach(this.#order.churnPerMinute / 60_000);
    while (!signal.aborted) {
      await pause(TURN_MS / 1_000);
      for (let count = due(); count > 0; count--) void this.#leaveForAWhile(signal);
    }
  }

  async #leaveForAWhile(signal: AbortSignal): Promise<void> {
    const host = this.#hosts[Math.floor(Math.random() * this.#hosts.length)];
    if (host === undefined || this.#away.has(host)) return;
    this.#away.add(host);
    await host.leave();
    const seconds = AWAY_SECONDS.from + Math.random() * (AWAY_SECONDS.to - AWAY_SECONDS.from);
    await systemClock.sleep(seconds * 1_000, signal).catch(() => {}); // all leave, and this one has
    this.#away.delete(host);
    if (!signal.aborted) await host.join();
  }
}

/** How many are due since the last time, at so many a millisecond. */
function dueEach(perMs: number): () => number {
  let [lastMs, owed] = [performance.now(), 0];
  return () => {
    const nowMs = performance.now();
    owed += (nowMs - lastMs) * perMs;
    lastMs = nowMs;
    const due = Math.floor(owed);
    owed -= due;
    return due;
  };
}

async function main(): Promise<void> {
  Deno.addSignalListener("SIGINT", () => {}); // of a terminal all processes get it; the simulator ends this one
  const lines = linesOf(Deno.stdin.readable);
  const { value } = await lines.next();
  if (typeof value !== "string") return;
  const over = new AbortController();
  const working = new Worker(JSON.parse(value)).run(over.signal);
  while ((await lines.next()).done !== true);
  over.abort();
  await working;
}

if (import.meta.main) await main();

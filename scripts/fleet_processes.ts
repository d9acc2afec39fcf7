/** The processes of a simulated host, which change their states now and then. */
import type { ProcessBrief, ProcessEvent, ProcessState } from "../src/protocol/mod.ts";
import type { ProcessesPort } from "../src/agent/uplink/mod.ts";

interface SimulatedProcess {
  readonly id: string;
  state: ProcessState;
  reason: string;
  sinceMs: number;
  pid: number;
  restarts: number;
}

const NAMES = ["filebeat", "node_exporter", "shop-api", "shop-worker", "telegraf", "cron-runner"];
/** What an agent remembers is more; a simulated one needs what it has not told yet. */
const MAX_EVENTS = 100;

export class SimulatedProcesses implements ProcessesPort {
  readonly #random: () => number;
  readonly #nowMs: () => number;
  readonly #all: SimulatedProcess[];
  readonly #listeners = new Set<() => void>();
  #events: ProcessEvent[] = [];
  #seq = 0;

  constructor(count: number, nowMs: () => number, random: () => number) {
    this.#random = random;
    this.#nowMs = nowMs;
    this.#all = Array.from({ length: count }, (_, at) => ({
      id: at < NAMES.length ? NAMES[at] ?? "" : `${NAMES[at % NAMES.length]}-${Math.floor(at / NAMES.length)}`,
      state: "running",
      reason: "it runs",
      sinceMs: Math.round(nowMs() - 3_600_000 * random()),
      pid: 1_000 + Math.floor(random() * 4_000_000),
      restarts: 0,
    }));
  }

  briefs(): ProcessBrief[] {
    return this.#all.map(({ id, state, reason, sinceMs, pid, restarts }) => ({
      ...{ id, name: id, state, sinceMs, reason, restarts },
      labels: { tier: "backend" },
      ...(state === "running" && {
        pid,
        cpuPercent: Number((this.#random() * 20).toPrecision(4)),
        rssBytes: Math.round(2e7 + this.#random() * 2e8),
      }),
    }));
  }

  eventsAfter(seq: number, limit: number) {
    return { events: this.#events.filter((event) => event.seq > seq).slice(0, limit), last: this.#seq };
  }

  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One of them crashes, or comes back if it had crashed. */
  change(): void {
    const process = this.#all[Math.floor(this.#random() * this.#all.length)];
    if (process === undefined) return;
    const { state: previous, sinceMs } = process;
    const timeMs = Math.round(this.#nowMs());
    const hasCrashed = previous === "running";
    process.state = hasCrashed ? "backoff" : "running";
    process.reason = hasCrashed ? "it exited with code 1; the next start is in 2s" : "it was started again";
    process.sinceMs = timeMs;
    if (!hasCrashed) {
      process.pid++;
      process.restarts++;
    }
    this.#events.push({
      seq: ++this.#seq,
      timeMs,
      process: process.id,
      kind: "state",
      level: hasCrashed ? "warn" : "info",
      state: process.state,
      previous,
      previousMs: Math.max(0, timeMs - sinceMs),
      reason: process.reason,
    });
    this.#events = this.#events.slice(-MAX_EVENTS);
    for (const listener of this.#listeners) listener();
  }
}

/** The worker processes, seen from the simulator: what they tell, put together. */
import { Histogram } from "./fleet_histogram.ts";
import { linesOf, type WorkerOrder, type WorkerTick } from "./fleet_messages.ts";
import { pause } from "./process_use.ts";
import { fromFileUrl, ROOT } from "./support.ts";

const END_LIMIT_MS = 10_000;
const LOOK_MS = 50;

/** What the hosts have told since the measuring began. */
export interface FleetWindow {
  readonly answers: Histogram;
  readonly warnings: ReadonlyMap<string, number>;
  readonly logins: ReadonlyMap<number, number>;
  readonly ends: number;
  readonly longestLagMs: number;
}

class Window implements FleetWindow {
  readonly answers = new Histogram();
  readonly warnings = new Map<string, number>();
  readonly logins = new Map<number, number>();
  ends = 0;
  longestLagMs = 0;

  add({ answers, warnings, logins, ends, lagMs }: WorkerTick): void {
    this.answers.merge(answers);
    for (const [text, count] of warnings) this.warnings.set(text, (this.warnings.get(text) ?? 0) + count);
    for (const [second, count] of logins) this.logins.set(second, (this.logins.get(second) ?? 0) + count);
    this.ends += ends;
    this.longestLagMs = Math.max(this.longestLagMs, lagMs);
  }
}

class Worker {
  readonly hosts: number;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  #hasEnded = false;
  connected = 0;

  constructor(order: WorkerOrder, onTick: (tick: WorkerTick) => void) {
    this.hosts = order.hosts;
    const args = ["run", "-A", fromFileUrl(new URL("scripts/fleet_worker.ts", ROOT))];
    this.#child = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdin: "piped", stdout: "piped" }).spawn();
    this.#child.status.then(() => this.#hasEnded = true);
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#read(onTick);
    void this.#input.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`)).catch(() => {}); // seen by its end
  }

  get pid(): number {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  signal(name: Deno.Signal): void {
    if (!this.#hasEnded) this.#child.kill(name);
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#child.status;
    await this.#reading;
    this.connected = 0;
  }

  async end(): Promise<void> {
    const limit = setTimeout(() => this.signal("SIGKILL"), END_LIMIT_MS);
    this.signal("SIGCONT");
    await this.#input.close().catch(() => {}); // it has ended before
    await this.#child.status;
    clearTimeout(limit);
    await this.#reading;
  }

  async #read(onTick: (tick: WorkerTick) => void): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) {
      const tick: WorkerTick = JSON.parse(line);
      this.connected = tick.connected;
      onTick(tick);
    }
  }
}

export class Workers {
  readonly #all: readonly Worker[];
  #window = new Window();

  constructor(orders: readonly WorkerOrder[]) {
    this.#all = orders.map((order) => new Worker(order, (tick) => this.#window.add(tick)));
  }

  get pids(): number[] {
    return this.#all.filter(({ hasEnded }) => !hasEnded).map(({ pid }) => pid);
  }

  get connected(): number {
    return this.#all.reduce((sum, { connected }) => sum + connected, 0);
  }

  /** The one that holds the hosts that are to be killed. */
  get victim(): Pick<Worker, "hosts" | "signal" | "kill"> {
    const [first] = this.#all;
    if (first === undefined) throw new Error("There is no worker");
    return first;
  }

  /** What was told since the last time that this was asked. */
  takeWindow(): FleetWindow {
    const window = this.#window;
    this.#window = new Window();
    return window;
  }

  /** What was told so far. */
  get window(): FleetWindow {
    return this.#window;
  }

  /** Rejects when a worker ends unasked. */
  async untilConnected(count: number, limitMs: number, signal: AbortSignal): Promise<boolean> {
    const deadlineMs = performance.now() + limitMs;
    while (this.connected < count) {
      if (performance.now() > deadlineMs) return false;
      this.checkAlive();
      signal.throwIfAborted();
      await pause(LOOK_MS / 1_000);
    }
    return true;
  }

  checkAlive(): void {
    if (this.#all.some(({ hasEnded }) => hasEnded)) throw new Error("A worker has ended by itself; see what it said");
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.end()));
  }
}

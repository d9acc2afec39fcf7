import type { Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { History } from "../history/history.ts";
import type { Track } from "../history/track.ts";
import type { LagMeter } from "./lag_meter.ts";
import { Task, type TaskSpec } from "./task.ts";

export interface RunnerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly history: History;
  readonly lag: LagMeter;
  /** From 0 to 1; spreads the hosts of a fleet that were started together over the interval. */
  readonly random: () => number;
  /** Called after each reading that was due. */
  readonly onReading: (task: Task) => void;
  /** Called when a collector begins or ceases to fail. */
  readonly onStates: (failing: readonly string[]) => void;
}

interface Scheduled {
  readonly task: Task;
  readonly track: Track;
  dueMs: number;
  /** A reading that was due has not come to its end yet; the next one waits for its own turn. */
  busy: boolean;
}

/**
 * Reads each collector at its interval. Those that are due together are read together, so that the host is woken once.
 * What was missed, because the machine slept or was busy, is not made up for.
 */
export class Runner {
  readonly #options: RunnerOptions;
  #scheduled: Scheduled[] = [];
  #tasks: Task[] = [];
  #stop = new AbortController();
  #loop: Promise<void> | null = null;
  #failing = "";

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  get tasks(): readonly Task[] {
    return this.#tasks;
  }

  /** Begins to read; the first readings are made at once, behind the caller. */
  start(specs: readonly TaskSpec[]): void {
    const { clock, log, history, random } = this.#options;
    this.#stop = new AbortController();
    this.#tasks = specs.map((spec) => new Task(spec, clock, log));
    const nowMs = clock.monotonicMs();
    const phase = random();
    this.#scheduled = this.#tasks.filter(({ spec }) => spec.create !== undefined).map((task) => {
      const { name, intervalMs } = task.spec;
      return { task, track: history.track(name, intervalMs), dueMs: nowMs, busy: false };
    });
    this.#loop = this.#run(this.#stop.signal, phase);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    this.#loop = null;
    await Promise.all(this.#tasks.map((task) => task.close()));
    this.#scheduled = [];
  }

  /** Makes new readings where the latest is older than that; what fails stays absent. */
  async freshen(tasks: readonly Task[], maxAgeMs: number): Promise<void> {
    await Promise.all(tasks.map((task) => task.read(maxAgeMs)));
  }

  async #run(signal: AbortSignal, phase: number): Promise<void> {
    const { clock, lag } = this.#options;
    await clock.sleep(0, signal).catch(() => {}); // aborted, which the loop sees
    for (let first = true; !signal.aborted; first = false) {
      const nowMs = clock.monotonicMs();
      for (const entry of this.#scheduled) {
        if (entry.dueMs > nowMs) continue;
        const { intervalMs } = entry.task.spec;
        // The second reading comes within the first interval, so that hosts started together part there.
        const next = entry.dueMs + intervalMs * (first ? 0.5 + phase / 2 : 1);
        entry.dueMs = next > nowMs ? next : nowMs + intervalMs;
        if (!entry.busy) void this.#readDue(entry, signal);
      }
      const nextMs = Math.min(...this.#scheduled.map(({ dueMs }) => dueMs));
      if (!Number.isFinite(nextMs)) return;
      await clock.sleep(Math.max(0, nextMs - clock.monotonicMs()), signal).catch(() => {}); // likewise
      lag.note(clock.monotonicMs() - nextMs);
    }
  }

  async #readDue(entry: Scheduled, signal: AbortSignal): Promise<void> {
    const { task, track } = entry;
    entry.busy = true;
    const reading = await task.readDue(track).finally(() => entry.busy = false);
    if (signal.aborted) return;
    if (reading !== null) this.#options.onReading(task);
    this.#tellStates();
  }

  #tellStates(): void {
    const failing = this.#tasks.filter(({ failure }) => failure !== null).map(({ spec }) => spec.name);
    const text = failing.join(", ");
    if (text === this.#failing) return;
    this.#failing = text;
    this.#options.onStates(failing);
  }
}

import { type Clock, messageOf } from "../../core/mod.ts";
import { createStateLog, type Logger } from "../../log/mod.ts";

export interface Job {
  readonly everyMs: number;
  act(): void;
}

const TICK_MS = 250;

/** The hub's one timer: all that is due for thousands of hosts is looked at together. */
export class Ticker {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #jobs: readonly Job[];
  #stopped: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(clock: Clock, log: Logger, jobs: readonly Job[]) {
    this.#clock = clock;
    this.#log = log;
    this.#jobs = jobs;
  }

  start(): void {
    this.#stopped = new AbortController();
    this.#running = this.#run(this.#stopped.signal);
  }

  async stop(): Promise<void> {
    this.#stopped?.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const trouble = createStateLog(this.#log, this.#clock, "looking after hosts");
    const dueMs = this.#jobs.map(({ everyMs }) => this.#clock.monotonicMs() + everyMs);
    while (!signal.aborted) {
      await this.#clock.sleep(TICK_MS, signal).catch(() => {
        // The hub stops, which the loop sees.
      });
      if (signal.aborted) return;
      const nowMs = this.#clock.monotonicMs();
      for (const [at, { everyMs, act }] of this.#jobs.entries()) {
        if (nowMs < (dueMs[at] ?? 0)) continue;
        dueMs[at] = nowMs + everyMs;
        try {
          act();
          trouble.recovered();
        } catch (error) {
          trouble.failed(messageOf(error));
        }
      }
    }
  }
}

import { AppError, type Clock, fullJitterMs, messageOf } from "../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import type { TaskResult } from "../../protocol/mod.ts";

export interface TaskResultsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly report: (result: TaskResult, signal: AbortSignal) => Promise<void>;
  /** The manager has it. */
  readonly onTold: (result: TaskResult) => void;
}

const BACKOFF = { baseMs: 1_000, maxMs: 60_000 };

/** Results that the manager does not have; it is told of one after the other until it says that it has each. */
export class TaskResults {
  readonly #options: TaskResultsOptions;
  readonly #state: StateLog;
  readonly #untold = new Map<string, TaskResult>();
  #telling: Promise<void> | null = null;
  #closed = new AbortController();
  /** Ends the wait for another try. */
  #wake = new AbortController();

  constructor(options: TaskResultsOptions) {
    this.#options = options;
    this.#state = createStateLog(options.log, options.clock, "telling the manager the results of tasks");
  }

  get size(): number {
    return this.#untold.size;
  }

  get(id: string): TaskResult | undefined {
    return this.#untold.get(id);
  }

  open(): void {
    this.#closed = new AbortController();
  }

  add(result: TaskResult): void {
    this.#untold.set(result.id, result);
    this.#tell();
  }

  linked(): void {
    this.#wake.abort();
    this.#tell();
  }

  async close(): Promise<void> {
    this.#closed.abort(new AppError("cancelled", "The agent stops"));
    await this.#telling;
    this.#untold.clear(); // the database has them, for the next agent
  }

  #tell(): void {
    if (this.#closed.signal.aborted) return;
    this.#telling ??= this.#tellAll(this.#closed.signal).finally(() => this.#telling = null);
  }

  async #tellAll(signal: AbortSignal): Promise<void> {
    for (let failures = 0; this.#untold.size > 0 && !signal.aborted;) {
      const isAllTold = await this.#round(signal);
      failures = isAllTold ? 0 : failures + 1;
      if (!isAllTold) await this.#rest(fullJitterMs(BACKOFF, failures, this.#options.random()), signal);
    }
  }

  /** One that the manager does not take does not keep it from the others. */
  async #round(signal: AbortSignal): Promise<boolean> {
    let isAllTold = true;
    for (const result of [...this.#untold.values()]) {
      if (signal.aborted) return false;
      try {
        await this.#options.report(result, signal);
      } catch (error) {
        if (signal.aborted) return false;
        this.#state.failed(messageOf(error));
        if (!isForgotten(error)) {
          isAllTold = false;
          if (error instanceof AppError && error.code === "unavailable") return false; // nor would it take the others
          continue;
        }
      }
      this.#state.recovered();
      this.#untold.delete(result.id);
      this.#options.onTold(result);
    }
    return isAllTold;
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    this.#wake = new AbortController();
    const either = AbortSignal.any([signal, this.#wake.signal]);
    await this.#options.clock.sleep(ms, either).catch(() => {}); // linked or closed: the loop looks which
  }
}

/** The manager does not know such a task (any more), so it will never take its result. */
function isForgotten(error: unknown): boolean {
  return error instanceof AppError && error.code === "not_found";
}

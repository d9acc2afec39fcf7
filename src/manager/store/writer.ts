import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import { AppError, type Clock } from "../../core/mod.ts";
import { placeOf, rollBack } from "../../database/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import { runningFailure, runningTrouble } from "./failures.ts";
import { LatencyMeter } from "./latency_meter.ts";
import { Sql } from "./sql.ts";

/** More than this means that the disk does not keep up, and whoever writes had better know. */
const MAX_WAITING = 10_000;
/** A transaction takes no more after this: nothing else happens in the program meanwhile. */
const MAX_GROUP_MS = 20;
/** How often it is made sure that the file is still where the next manager will look for it. */
const PLACE_CHECK_MS = 1_000;

interface Waiting {
  /** Does the work; gives what answers it. */
  readonly act: () => () => void;
  readonly fail: (reason: AppError) => void;
  readonly sinceMs: number;
}

export interface WriterOptions {
  readonly db: DatabaseSync;
  readonly path: string;
  /** Which file it is, see `placeOf`. */
  readonly place: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The one writer. What is asked for in one turn of the event loop, and while a commit is under way, shares a transaction
 * and with it one wait for the disk; all are answered after its COMMIT. Each is undone by itself when it fails. Between
 * two transactions the event loop turns.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #sql: Sql;
  readonly #state: StateLog;
  readonly #latency: LatencyMeter;
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #writes = 0;
  #failures = 0;
  #placeCheckedMs: number;
  #closed: Promise<void> | null = null;
  #onIdle: () => void = () => {};

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#sql = new Sql(options.db);
    this.#state = createStateLog(options.log, options.clock, "writing the manager's database");
    this.#latency = new LatencyMeter(options.clock);
    this.#placeCheckedMs = options.clock.monotonicMs();
  }

  report(): { waiting: number; writes: number; failures: number; latencyMs?: number } {
    const latencyMs = this.#latency.meanMs();
    return {
      waiting: this.#waiting.length,
      writes: this.#writes,
      failures: this.#failures,
      ...latencyMs !== undefined && { latencyMs },
    };
  }

  write<T>(act: (sql: Sql) => T): Promise<T> {
    if (this.#closed !== null) return Promise.reject(closedError());
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(this.#overloaded());
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        act: () => {
          const result = act(this.#sql);
          return () => resolve(result);
        },
        fail: reject,
        sinceMs: this.#options.clock.monotonicMs(),
      });
      this.#schedule();
    });
  }

  /** Resolves when what waits is written, or has failed; nothing is taken any more. */
  close(): Promise<void> {
    this.#closed ??= this.#waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle = resolve);
    return this.#closed;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#commitGroup();
      if (this.#waiting.length > 0) this.#schedule();
      else this.#onIdle();
    });
  }

  #commitGroup(): void {
    const { db, clock } = this.#options;
    const begunMs = clock.monotonicMs();
    const answers: (() => void)[] = [];
    let taken = 0;
    try {
      this.#checkPlace(begunMs);
      db.exec("BEGIN IMMEDIATE");
      for (const waiting of this.#waiting) {
        taken++;
        answers.push(this.#actAlone(waiting));
        if (clock.monotonicMs() - begunMs >= MAX_GROUP_MS) break;
      }
      db.exec("COMMIT");
    } catch (error) {
      rollBack(db);
      // Where not even a transaction could be begun, it would not be for the others either.
      return this.#failed(this.#waiting.splice(0, taken === 0 ? this.#waiting.length : taken), error);
    }
    this.#state.recovered();
    this.#writes += taken;
    this.#latency.add(this.#waiting.splice(0, taken).map(({ sinceMs }) => sinceMs));
    for (const answer of answers) answer();
  }

  /** Within a savepoint, so that its failure is its own. What says that the file is of no use is thrown on. */
  #actAlone({ act, fail }: Waiting): () => void {
    const { path } = this.#options;
    this.#sql.run("SAVEPOINT one");
    try {
      const answer = act();
      this.#sql.run("RELEASE one");
      return answer;
    } catch (error) {
      if (runningTrouble(error, path) !== undefined) throw error;
      this.#sql.run("ROLLBACK TO one");
      this.#sql.run("RELEASE one");
      return () => fail(runningFailure(error, path));
    }
  }

  /** What is written into a file that was deleted or replaced, the next manager would never read. */
  #checkPlace(nowMs: number): void {
    const { path, place } = this.#options;
    if (nowMs - this.#placeCheckedMs < PLACE_CHECK_MS) return;
    if (placeOf(path) === place) {
      this.#placeCheckedMs = nowMs;
      return;
    }
    const message = `Cannot use the manager's database ${path}: it was moved, deleted or replaced while in use; ` +
      "put it back, or restart the manager with the file that is there now";
    throw new AppError("unavailable", message, { retryable: true, details: { kind: "unwritable" } });
  }

  #failed(group: readonly Waiting[], error: unknown): void {
    const failure = runningFailure(error, this.#options.path);
    this.#failures += group.length;
    this.#state.failed(failure.message);
    for (const { fail } of group) fail(failure);
  }

  #overloaded(): AppError {
    this.#failures++;
    const message = `Cannot store this: ${MAX_WAITING} changes wait already to be written to ` +
      `${this.#options.path}; its disk does not keep up; try again later`;
    return new AppError("unavailable", message, { retryable: true, details: { kind: "overloaded" } });
  }
}

export function closedError(): AppError {
  return new AppError("unavailable", "The store is closed, because the manager is stopping; try again when it runs", {
    retryable: true,
  });
}

import { AppError, type Clock, Duration } from "../../core/mod.ts";

/** One stream to or from a file: a download, an upload, a tail, an archive, a digest. */
export interface Transfer {
  /** Aborts when the agent stops, and when nothing has moved for too long. */
  readonly signal: AbortSignal;
  /** Something has moved. */
  touch(): void;
  /** To be called once it is over, however; more often does no harm. */
  end(): void;
}

/**
 * Each may keep a thread of the runtime waiting for a disk that does not answer, and there are some 30 of these for all
 * that the agent does.
 */
export const MAX_TRANSFERS = 12;
/** Who takes nothing for so long holds a place that others could use. */
export const STALL_MS = 120_000;
const LOOK_EVERY_MS = 15_000;

export interface TransferOptions {
  readonly isWrite?: boolean;
  /** Whether the host's policy decides about it. */
  readonly isManagers: boolean;
  /** Some wait by their nature, such as for the next line of a log. */
  readonly mayWait?: boolean;
}

class Running implements Transfer {
  readonly #ending = new AbortController();
  readonly #clock: Clock;
  readonly #leave: (transfer: Running) => void;
  touchedMs: number;
  readonly options: TransferOptions;

  constructor(clock: Clock, options: TransferOptions, leave: (transfer: Running) => void) {
    this.#clock = clock;
    this.#leave = leave;
    this.options = options;
    this.touchedMs = clock.monotonicMs();
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  touch(): void {
    this.touchedMs = this.#clock.monotonicMs();
  }

  end(): void {
    this.#leave(this);
  }

  abort(error: AppError): void {
    this.#ending.abort(error);
  }
}

/** All streams that are under way. While there are none, it owns no timer. */
export class Transfers {
  readonly #clock: Clock;
  readonly #running = new Set<Running>();
  #watch: AbortController | null = null;
  #stopped: AppError | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#running.size;
  }

  begin(options: TransferOptions): Transfer {
    if (this.#stopped !== null) throw this.#stopped;
    if (this.#running.size >= MAX_TRANSFERS) {
      const message = `${MAX_TRANSFERS} files are being moved on this host already; try again when one is done`;
      throw new AppError("rate_limited", message, { retryable: true });
    }
    const running = new Running(this.#clock, options, (ended) => this.#end(ended));
    this.#running.add(running);
    if (this.#watch === null) void this.#look(this.#watch = new AbortController());
    return running;
  }

  /** Ends what the host's policy does not let the manager do any more. */
  endForbidden(policy: "off" | "read" | "write"): void {
    const forbidden = new AppError("host_refuses", `The host's config says "policy.files: ${policy}" from now on`);
    for (const running of this.#running) {
      const { isManagers, isWrite = false } = running.options;
      if (isManagers && (policy === "off" || (policy === "read" && isWrite))) running.abort(forbidden);
    }
  }

  /** Ends all of them and takes no more. */
  stop(): void {
    this.#stopped = new AppError("unavailable", "The agent is stopping", { retryable: true });
    for (const running of this.#running) running.abort(this.#stopped);
    this.#watch?.abort();
  }

  #end(running: Running): void {
    this.#running.delete(running);
    if (this.#running.size > 0) return;
    this.#watch?.abort();
    this.#watch = null;
  }

  async #look(watch: AbortController): Promise<void> {
    while (!watch.signal.aborted) {
      await this.#clock.sleep(LOOK_EVERY_MS, watch.signal).catch(() => {
        // Nobody is left to be watched, which the loop sees.
      });
      if (watch.signal.aborted) return;
      for (const running of this.#running) {
        const stillMs = this.#clock.monotonicMs() - running.touchedMs;
        if (stillMs < STALL_MS || running.options.mayWait === true) continue;
        const message = `Nothing has moved for ${new Duration(STALL_MS)}, so the transfer was ended`;
        running.abort(new AppError("timeout", message, { retryable: true }));
      }
    }
  }
}

import { AppError } from "../../../core/mod.ts";
import type { StagingFile } from "./staging_file.ts";
import type { UploadRecord } from "./upload_records.ts";

/** One that is under way, or has failed and is remembered for a while so that its sender learns why. */
export class Upload {
  readonly record: UploadRecord;
  /** Open from its beginning to its end; null after a restart until it is needed. */
  staging: StagingFile | null;
  failure: AppError | null = null;
  /** By the monotonic clock. */
  activeMs: number;
  #turn: Promise<unknown> = Promise.resolve();
  #current: AbortController | null = null;

  constructor(record: UploadRecord, staging: StagingFile | null, activeMs: number) {
    this.record = record;
    this.staging = staging;
    this.activeMs = activeMs;
  }

  /** Whether something is being done with it. */
  get isBusy(): boolean {
    return this.#current !== null;
  }

  /**
   * Does one thing at a time with it. Who comes later goes before: a sender that was cut off comes back, while the host still
   * waits for what the broken connection would bring.
   */
  async take<T>(signal: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.interrupt();
    const own = this.#current = new AbortController();
    const turn = this.#turn.then(async () => {
      own.signal.throwIfAborted();
      if (this.failure !== null) throw this.failure;
      return await act(AbortSignal.any([signal, own.signal]));
    });
    const over = turn.then(() => {}, () => {
      // Its own caller is told of it.
    });
    this.#turn = over;
    try {
      return await turn;
    } finally {
      if (this.#current === own) this.#current = null;
    }
  }

  interrupt(): void {
    this.#current?.abort(new AppError("conflict", "The upload goes on by another request", { retryable: true }));
  }

  /** Resolves once nothing is being done with it any more. */
  async settled(): Promise<void> {
    await this.#turn;
  }
}

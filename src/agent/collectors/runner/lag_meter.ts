export interface Lag {
  readonly lastSeconds: number;
  readonly maxSeconds: number;
}

/**
 * How late the event loop is: the runner notes by how much it was woken later than it had asked for, at each reading
 * that is due. A timer of its own, that looked all the time, would cost more than all collectors.
 */
export class LagMeter {
  #lastMs: number | undefined;
  #maxMs = 0;

  note(lateMs: number): void {
    this.#lastMs = Math.max(0, lateMs);
    this.#maxMs = Math.max(this.#maxMs, this.#lastMs);
  }

  /** What was noted since it was taken the time before; null when that is nothing. */
  take(): Lag | null {
    if (this.#lastMs === undefined) return null;
    const lag = { lastSeconds: this.#lastMs / 1000, maxSeconds: this.#maxMs / 1000 };
    this.#lastMs = undefined;
    this.#maxMs = 0;
    return lag;
  }
}

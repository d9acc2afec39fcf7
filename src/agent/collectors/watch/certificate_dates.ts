import type { Clock } from "../../../core/mod.ts";
import type { HostPort } from "../../../config/mod.ts";
import { certificateEnd, failureWords } from "../../../http/mod.ts";

/** A certificate lives for weeks; to ask for it takes a connection of its own. */
const REFRESH_MS = 60 * 60 * 1_000;
const DAY_MS = 86_400_000;

/** How long one server's certificate is good for, as last seen. */
export class CertificateDates {
  readonly #clock: Clock;
  #endMs: number | undefined;
  #seenAtMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes what was seen on the way; undefined when it could not be told, and has to be asked for. */
  saw(endMs: number | undefined): void {
    this.#endMs = endMs;
    this.#seenAtMs = endMs === undefined ? -Infinity : this.#clock.monotonicMs();
  }

  /** Asks the server when what is known is old, or over by now; what is wrong when that fails. */
  async refresh(server: HostPort, signal: AbortSignal): Promise<string | null> {
    const age = this.#clock.monotonicMs() - this.#seenAtMs;
    const isOver = this.#endMs !== undefined && this.#endMs <= this.#clock.nowMs() && age > 0;
    if (age < REFRESH_MS && !isOver) return null;
    try {
      this.saw(await certificateEnd(server, signal));
      return null;
    } catch (error) {
      this.saw(undefined);
      // The check itself is done; that its time is over now is only the reason why this is not.
      return `the certificate cannot be read: ${signal.aborted ? "timed out" : failureWords(error)}`;
    }
  }

  /** Below zero when it is over; with two decimals, rounded down. */
  daysLeft(): number | undefined {
    if (this.#endMs === undefined) return undefined;
    return Math.floor((this.#endMs - this.#clock.nowMs()) / DAY_MS * 100) / 100;
  }
}

import { TERMINAL_WINDOW_BYTES } from "../../protocol/mod.ts";

/** So much is always under way: it keeps who is far away going, and takes even a slow screen no time that is felt. */
export const MIN_WINDOW_BYTES = 64 * 1024;
/** How long output may wait, on the way and in front of the screen, for that screen: what is printed after Ctrl-C waits as long. */
export const QUEUE_MS = 75;
/** A way may get longer; so long what was measured of it counts. */
export const SURE_MS = 10_000;
/** The first time may have waited for a page to be made: it counts for less long. */
const FIRST_SURE_MS = 1_000;
/** By how much one round trip changes it, at most: a single one may have been held up by anything. */
const MAX_CHANGE = 2;

interface Round {
  /** Over when everything before this position was shown. */
  readonly end: number;
  readonly flightBytes: number;
  readonly beganMs: number;
}

/**
 * How much output may be under way to one guest: as much as he shows in the time that the way takes, and QUEUE_MS more. So
 * who is fast, or far away, is never kept waiting, and before one who is slow there is no long queue that a prompt
 * would have to wait behind. It is told by round trips, from sending to hearing that it was shown, one at a time: they get
 * longer than the shortest only by what waits. Pure: positions and times go in, a number of bytes comes out.
 */
export class GuestWindow {
  #bytes = MIN_WINDOW_BYTES;
  /** The shortest round trip, which is that of the way by itself; infinite before the first. */
  #wayMs = Infinity;
  #sureUntilMs = -Infinity;
  #round: Round | null = null;

  /** Where the way was never measured, or too long ago, little is sent until it has been: then little can have waited. */
  bytes(nowMs: number): number {
    return this.#isSure(nowMs) ? this.#bytes : MIN_WINDOW_BYTES;
  }

  /** Something was sent: up to which position, and how much is under way with it. */
  sent(end: number, flightBytes: number, nowMs: number): void {
    // Of what is sent in one go, the last tells of all of it: it has to wait for what is before it.
    if (this.#round === null || flightBytes > this.#round.flightBytes) {
      this.#round = { end, flightBytes, beganMs: nowMs };
    }
  }

  /** Everything before this position was shown. */
  shown(position: number, nowMs: number): void {
    const round = this.#round;
    if (round === null || position < round.end) return;
    this.#round = null;
    const tookMs = Math.max(1, nowMs - round.beganMs);
    this.#measure(round, tookMs, nowMs);
    this.#adapt(round, tookMs);
  }

  #isSure(nowMs: number): boolean {
    return nowMs < this.#sureUntilMs;
  }

  #measure({ flightBytes }: Round, tookMs: number, nowMs: number): void {
    if (this.#isSure(nowMs) || flightBytes > MIN_WINDOW_BYTES) {
      this.#wayMs = Math.min(this.#wayMs, tookMs);
      return;
    }
    this.#sureUntilMs = nowMs + (this.#wayMs === Infinity ? FIRST_SURE_MS : SURE_MS);
    this.#wayMs = tookMs;
    // It grows again from here, as far as the way that is now allows.
    this.#bytes = MIN_WINDOW_BYTES;
  }

  #adapt({ flightBytes }: Round, tookMs: number): void {
    // Where little was under way, as there was little to send, that says nothing of how much could be.
    if (flightBytes * MAX_CHANGE < this.#bytes) return;
    const change = (this.#wayMs + QUEUE_MS) / tookMs;
    const bytes = this.#bytes * Math.min(MAX_CHANGE, Math.max(1 / MAX_CHANGE, change));
    this.#bytes = Math.round(Math.min(TERMINAL_WINDOW_BYTES, Math.max(MIN_WINDOW_BYTES, bytes)));
  }
}

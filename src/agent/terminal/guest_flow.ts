import type { ByteRing } from "./byte_ring.ts";
import { GuestWindow } from "./guest_window.ts";

/** How much of the newest is shown to who has missed more than there is. */
const NEWEST_BYTES = 64 * 1024;

/**
 * How far one guest has got in the output: what was sent to him, and what he has shown. Positions only; what is sent
 * next is decided here, and nothing else.
 */
export class GuestFlow {
  #sent: number;
  #shown: number;
  /** What he was not sent, while he has not said that he is beyond it. */
  #gap: { readonly from: number; readonly to: number } | null = null;
  readonly #window = new GuestWindow();

  /** Begins with what he asks for, or the oldest there is. */
  constructor(ring: ByteRing, from: number) {
    this.#sent = this.#shown = from < ring.start ? ring.nextLine(ring.start) : Math.min(from, ring.end);
  }

  get sent(): number {
    return this.#sent;
  }

  /** What is under way to him. */
  get inFlightBytes(): number {
    const gap = this.#gap;
    return this.#sent - this.#shown - (gap === null ? 0 : gap.to - gap.from);
  }

  /** How much there is that he has not shown. */
  behindBytes(ring: ByteRing): number {
    return this.inFlightBytes + ring.end - this.#sent;
  }

  /** Whether there is more than may be under way to him. */
  isBehind(ring: ByteRing, nowMs: number): boolean {
    return this.behindBytes(ring) > this.#window.bytes(nowMs);
  }

  /** He has shown everything before this position; what cannot be is made the nearest that can. */
  acknowledge(position: number, nowMs: number): void {
    const shown = Math.min(position, this.#sent);
    if (shown <= this.#shown) return;
    this.#window.shown(shown, nowMs);
    const gap = this.#gap;
    if (gap === null || shown <= gap.from) this.#shown = shown;
    else if (shown < gap.to) this.#shown = gap.from;
    else {
      this.#shown = shown;
      this.#gap = null;
    }
  }

  /** How much can be sent now, from `sent` on; passes over what is forgotten, when he has caught up with what came before. */
  sendableBytes(ring: ByteRing, nowMs: number): number {
    const room = this.#window.bytes(nowMs) - this.inFlightBytes;
    if (room <= 0) return 0;
    if (this.#sent < ring.start && !this.#jump(ring)) return 0;
    return Math.min(room, ring.end - this.#sent);
  }

  took(bytes: number, nowMs: number): void {
    this.#sent += bytes;
    this.#window.sent(this.#sent, this.inFlightBytes, nowMs);
  }

  #jump(ring: ByteRing): boolean {
    if (this.#gap !== null) return false;
    const to = ring.nextLine(Math.max(ring.start, ring.end - NEWEST_BYTES));
    if (this.#shown === this.#sent) this.#shown = to;
    else this.#gap = { from: this.#sent, to };
    this.#sent = to;
    return true;
  }
}

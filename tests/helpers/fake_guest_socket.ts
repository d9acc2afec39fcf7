import type { GuestSocket } from "../../src/manager/terminals/mod.ts";
import { jsonIn, outputOf, TERMINAL_FRAMES, type TerminalExit, type TerminalState } from "../../src/protocol/mod.ts";

/** The WebSocket of a guest, without a network: it takes what it is sent at once, unless a test says otherwise. */
export class FakeGuestSocket implements GuestSocket {
  readyState = 1;
  /** While it is true nothing is taken off what is sent. */
  isStuck = false;
  /** What follows when it is asked to close, as the peer's answer; null for a peer that never answers. */
  onClosed: (() => void) | null = null;
  closedWith: { readonly code: number; readonly reason: string } | null = null;
  wasDropped = false;
  readonly sent: Uint8Array<ArrayBuffer>[] = [];
  #stuckBytes = 0;

  get bufferedAmount(): number {
    return this.#stuckBytes;
  }

  /** Takes what has waited. */
  release(): void {
    this.isStuck = false;
    this.#stuckBytes = 0;
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.sent.push(bytes.slice());
    if (this.isStuck) this.#stuckBytes += bytes.length;
  }

  close(code: number, reason: string): void {
    this.closedWith = { code, reason };
    this.readyState = 2;
    queueMicrotask(() => {
      if (this.onClosed === null) return;
      this.readyState = 3;
      this.onClosed();
    });
  }

  drop(): void {
    this.wasDropped = true;
    this.readyState = 3;
  }

  get text(): string {
    const decoder = new TextDecoder();
    return this.sent.map((message) =>
      message[0] === TERMINAL_FRAMES.output ? decoder.decode(outputOf(message)?.bytes, { stream: true }) : ""
    ).join("");
  }

  /** Up to where it was sent output. */
  get position(): number {
    const last = this.sent.findLast((message) => message[0] === TERMINAL_FRAMES.output);
    const output = last === undefined ? null : outputOf(last);
    return output === null ? 0 : output.position + output.bytes.length;
  }

  get states(): TerminalState[] {
    return this.#json(TERMINAL_FRAMES.state) as TerminalState[];
  }

  get exits(): TerminalExit[] {
    return this.#json(TERMINAL_FRAMES.exit) as TerminalExit[];
  }

  #json(type: number): unknown[] {
    return this.sent.filter((message) => message[0] === type).map(jsonIn);
  }
}

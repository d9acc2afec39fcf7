import { AppError, type Clock, cutToBytes } from "../../core/mod.ts";
import { TERMINAL_CLOSE_CODES } from "../../protocol/mod.ts";

/** What of a WebSocket is used, so that tests can have one without a network. */
export interface GuestSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(code: number, reason: string): void;
  /** Lets go of it at once, whatever its peer does. */
  drop(): void;
}

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** From so much unsent on, the host is not read until half of it has gone. */
export const MAX_BUFFERED_BYTES = 256 * 1024;
/** A WebSocket does not say when it has sent something, so that is asked: soon, and then ever more seldom. */
const FIRST_ASK_MS = 1;
const LAST_ASK_MS = 32;
/** Who has read nothing for so long is not there any more. */
const STALLED_MS = 60_000;
/** Time to answer a close; then the socket is dropped. */
const CLOSING_MS = 10_000;
const OPEN = 1;
/** What a close frame has room for. */
const MAX_REASON_BYTES = 120;

/** The WebSocket of one who is attached. */
export class Guest {
  readonly #socket: GuestSocket;
  readonly #clock: Clock;
  readonly #over = Promise.withResolvers<void>();
  readonly #dropping = new AbortController();
  #closing: Closing | null = null;
  #isOver = false;

  constructor(socket: GuestSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** How it was closed from here; null where it was not. */
  get closing(): Closing | null {
    return this.#closing;
  }

  get isOpen(): boolean {
    return !this.#isOver && this.#closing === null && this.#socket.readyState === OPEN;
  }

  /** Resolves when the socket has closed, or was dropped. */
  get whenOver(): Promise<void> {
    return this.#over.promise;
  }

  /** Gives a promise to wait for before more is sent; it rejects for who reads nothing. */
  send(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> | undefined {
    if (!this.isOpen) return undefined;
    this.#socket.send(bytes);
    return this.#socket.bufferedAmount < MAX_BUFFERED_BYTES ? undefined : this.#room(signal);
  }

  /** The first that closes it says why. */
  close(code: number, reason: string): void {
    if (this.#closing !== null) return;
    this.#closing = { code, reason };
    if (this.#isOver) return;
    if (this.#socket.readyState <= OPEN) this.#socket.close(code, cutToBytes(reason, MAX_REASON_BYTES));
    this.#clock.sleep(CLOSING_MS, this.#dropping.signal).then(
      () => this.drop(),
      () => {}, // it has answered
    );
  }

  drop(): void {
    if (this.#isOver) return;
    this.#socket.drop();
    this.closed();
  }

  /** The socket has closed; that can be told twice. */
  closed(): void {
    this.#isOver = true;
    this.#dropping.abort();
    this.#over.resolve();
  }

  async #room(signal: AbortSignal): Promise<void> {
    let [askMs, progressMs, least] = [FIRST_ASK_MS, this.#clock.monotonicMs(), this.#socket.bufferedAmount];
    while (this.isOpen && this.#socket.bufferedAmount * 2 > MAX_BUFFERED_BYTES) {
      await this.#clock.sleep(askMs, signal);
      askMs = Math.min(askMs * 2, LAST_ASK_MS);
      const nowMs = this.#clock.monotonicMs();
      if (this.#socket.bufferedAmount < least) progressMs = nowMs;
      least = Math.min(least, this.#socket.bufferedAmount);
      if (nowMs - progressMs < STALLED_MS) continue;
      this.close(TERMINAL_CLOSE_CODES.too_slow, "nothing was read for a minute; attach again");
      throw new AppError("cancelled", "Nothing was read for a minute");
    }
  }
}

import { type Clock, joinedBytes } from "../../core/mod.ts";
import {
  type AttachMode,
  FrameSplitter,
  TERMINAL_FRAMES,
  type TerminalExit,
  terminalJson,
  type TerminalState,
  withLength,
} from "../../protocol/mod.ts";
import type { Duplex } from "../../tunnel/mod.ts";
import type { ByteRing } from "./byte_ring.ts";
import { MAX_OUTPUT_BYTES, OUTPUT_HEAD_BYTES, positionOf, putOutputHead, type Size, sizeOf } from "./frames.ts";
import { GuestFlow } from "./guest_flow.ts";

/** Time that a guest has, when the terminal has ended, to take in what was printed last. */
const LAST_WORDS_MS = 3_000;
/** From this size on output is sent from one buffer that is used again and again. */
const LARGE_BYTES = 4 * 1024;

/** What a guest asks of the terminal. */
export interface GuestHost {
  readonly ring: ByteRing;
  readonly clock: Clock;
  state(mode: AttachMode): TerminalState;
  /** Types; false when there is no room for more until `roomCame`. */
  type(bytes: Uint8Array): boolean;
  /** The guest has another size, has shown more, or has begun or ceased to wait until it can type on. */
  changed(guest: Guest): void;
}

export interface GuestOptions {
  readonly actor: string;
  readonly mode: AttachMode;
  /** Null for one that leaves it as it is. */
  readonly size: Size | null;
  /** The position from which on it wants the output. */
  readonly from: number;
}

/** One who is attached: sends what is printed and told as fast as it is taken, and takes in what is typed. */
export class Guest {
  readonly actor: string;
  readonly mode: AttachMode;
  readonly sinceMs: number;
  size: Size | null;
  readonly #host: GuestHost;
  readonly #flow: GuestFlow;
  readonly #frames = new FrameSplitter();
  readonly #left = new AbortController();
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  readonly #gone = Promise.withResolvers<void>();
  #sleeping: PromiseWithResolvers<void> | null = null;
  #waitingToType: PromiseWithResolvers<void> | null = null;
  #isStateDue = true;
  #exit: TerminalExit | null = null;

  constructor(host: GuestHost, { actor, mode, size, from }: GuestOptions) {
    this.#host = host;
    this.actor = actor;
    this.mode = mode;
    this.size = size;
    this.sinceMs = host.clock.nowMs();
    this.#flow = new GuestFlow(host.ring, from);
  }

  /**
   * Whether it has so much yet to show that no more should be printed. One that waits to type is not behind: what it has
   * shown is not heard before, and the program that should read may be the one that waits to print.
   */
  get isBehind(): boolean {
    return this.#waitingToType === null && this.#flow.isBehind(this.#host.ring, this.#host.clock.monotonicMs());
  }

  /** Resolves when it has left or the terminal has ended; rejects when it sends what is no frame. */
  async run({ readable, writable }: Duplex): Promise<void> {
    const writer = writable.getWriter();
    const leave = () => this.#leave();
    writer.closed.then(leave, leave);
    try {
      // The reading may go on until the stream is over, as nobody hears of it any more.
      await Promise.race([this.#send(writer), this.#receive(readable.getReader()), this.#gone.promise]);
    } finally {
      this.#leave();
    }
  }

  /** There is more output. */
  wake(): void {
    this.#sleeping?.resolve();
  }

  /** There is room for what is typed. */
  roomCame(): void {
    this.#waitingToType?.resolve();
  }

  /** The state has changed. */
  tell(): void {
    this.#isStateDue = true;
    this.wake();
  }

  /** The terminal has ended: what is left to show comes first, but not for long. */
  end(exit: TerminalExit): void {
    if (this.#exit !== null) return;
    this.#exit = exit;
    this.wake();
    this.#host.clock.sleep(LAST_WORDS_MS, this.#left.signal).then(() => this.#leave(), () => {}); // it has left before
  }

  #leave(): void {
    this.#left.abort();
    this.#gone.resolve();
    this.wake();
    this.roomCame();
  }

  async #send(writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    try {
      while (!this.#left.signal.aborted) {
        const frame = this.#next();
        if (frame !== null) await writer.write(frame);
        else if (this.#exit !== null && this.#flow.sent >= this.#host.ring.end) {
          return await writer.write(withLength(terminalJson(TERMINAL_FRAMES.exit, this.#exit)));
        } else await this.#sleep();
      }
    } catch {
      // The stream broke: it has left, and whoever asked for the stream knows why.
    }
  }

  #next(): Uint8Array<ArrayBuffer> | null {
    if (this.#isStateDue) {
      this.#isStateDue = false;
      return withLength(terminalJson(TERMINAL_FRAMES.state, this.#host.state(this.mode)));
    }
    const { ring, clock } = this.#host;
    const nowMs = clock.monotonicMs();
    const bytes = Math.min(this.#flow.sendableBytes(ring, nowMs), MAX_OUTPUT_BYTES - OUTPUT_HEAD_BYTES);
    if (bytes === 0) return null;
    const frame = this.#room(OUTPUT_HEAD_BYTES + bytes);
    ring.copy(this.#flow.sent, frame.subarray(OUTPUT_HEAD_BYTES));
    putOutputHead(frame, this.#flow.sent);
    this.#flow.took(bytes, nowMs);
    return frame;
  }

  #room(bytes: number): Uint8Array<ArrayBuffer> {
    if (bytes < LARGE_BYTES) return new Uint8Array(bytes);
    this.#buffer ??= new Uint8Array(MAX_OUTPUT_BYTES);
    return this.#buffer.subarray(0, bytes);
  }

  async #sleep(): Promise<void> {
    this.#sleeping = Promise.withResolvers();
    await this.#sleeping.promise;
    this.#sleeping = null;
  }

  async #receive(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): Promise<void> {
    const { signal } = this.#left;
    while (!signal.aborted) {
      const chunk = await nextOf(reader);
      if (chunk === null || signal.aborted) return;
      const typed = this.#take(chunk);
      this.#host.changed(this); // first, so that a program draws what is typed for the size that it has
      this.wake();
      if (typed !== null && !this.#host.type(typed)) await this.#untilRoom();
    }
  }

  /** Heeds the frames that have come together, and gives what was typed in them. */
  #take(chunk: Uint8Array<ArrayBuffer>): Uint8Array | null {
    const typed: Uint8Array[] = [];
    for (const message of this.#frames.take(chunk)) {
      const mayChange = this.mode === "control";
      switch (message[0]) {
        case TERMINAL_FRAMES.acknowledge:
          this.#flow.acknowledge(positionOf(message), this.#host.clock.monotonicMs());
          break;
        case TERMINAL_FRAMES.resize: {
          const size = sizeOf(message);
          if (mayChange) this.size = size;
          break;
        }
        case TERMINAL_FRAMES.input:
          if (mayChange && message.length > 1) typed.push(message.subarray(1));
      }
    }
    return typed.length <= 1 ? typed[0] ?? null : joinedBytes(typed);
  }

  async #untilRoom(): Promise<void> {
    this.#waitingToType = Promise.withResolvers();
    this.#host.changed(this);
    this.wake();
    await this.#waitingToType.promise;
    this.#waitingToType = null;
    this.#host.changed(this);
  }
}

/** Null at the end, in whatever way it comes. */
async function nextOf(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return (await reader.read()).value ?? null;
  } catch {
    return null; // the stream broke: whoever asked for it knows why
  }
}

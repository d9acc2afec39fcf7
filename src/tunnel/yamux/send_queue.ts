import type { MessageBuilder } from "./message_builder.ts";

/** Below this a writer may go on without waiting, so that the next message can be filled from several small chunks. */
const ENOUGH_BYTES = 64 * 1024;

interface Waiter {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function waiter(): Waiter {
  const made = Promise.withResolvers<void>();
  made.promise.catch(() => {
    // A writer need not wait; then the next write tells it what broke the stream.
  });
  return made;
}

/** Bytes that wait for their turn and for the window of the other side, in the chunks that they were written in. */
export class SendQueue {
  #chunks: Uint8Array[] = [];
  /** How much of the first chunk has gone. */
  #goneBytes = 0;
  #bytes = 0;
  #room: Waiter | null = null;
  #empty: Waiter | null = null;

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** A promise of room for more, or undefined when there is. */
  whenRoom(): Promise<void> | undefined {
    return this.#bytes < ENOUGH_BYTES ? undefined : (this.#room ??= waiter()).promise;
  }

  /** A promise that every byte has gone into a message, or undefined when it has. */
  whenEmpty(): Promise<void> | undefined {
    return this.#bytes === 0 ? undefined : (this.#empty ??= waiter()).promise;
  }

  /** Moves so many bytes, which must be there, into the message. */
  moveInto(message: MessageBuilder, bytes: number): void {
    this.#bytes -= bytes;
    let gone = 0; // whole chunks
    for (let missing = bytes; missing > 0;) {
      const chunk = this.#chunks[gone] ?? new Uint8Array(missing);
      const part = chunk.subarray(this.#goneBytes, this.#goneBytes + missing);
      message.data(part);
      missing -= part.length;
      this.#goneBytes += part.length;
      if (this.#goneBytes < chunk.length) continue;
      this.#goneBytes = 0;
      gone++;
    }
    if (gone === 1) this.#chunks.shift();
    else if (gone > 1) this.#chunks.splice(0, gone);
    this.#settle();
  }

  /** Drops what is left and fails who waits. */
  fail(error: unknown): void {
    this.#chunks = [];
    this.#goneBytes = 0;
    this.#bytes = 0;
    this.#room?.reject(error);
    this.#empty?.reject(error);
    this.#room = this.#empty = null;
  }

  #settle(): void {
    if (this.#room !== null && this.#bytes < ENOUGH_BYTES) {
      this.#room.resolve();
      this.#room = null;
    }
    if (this.#empty !== null && this.#bytes === 0) {
      this.#empty.resolve();
      this.#empty = null;
    }
  }
}

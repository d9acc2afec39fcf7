import { HEADER_BYTES, writeHeader } from "./frame.ts";

/**
 * Data that one message carries at most; with one header more it is as large as a message gets. Twice as much is hardly
 * quicker, and what the receiver's garbage collector has not taken away yet grows with it.
 */
export const MESSAGE_DATA_BYTES = 32 * 1024;

/** Puts frames one after the other into one message. */
export class MessageBuilder {
  readonly #buffer = new Uint8Array(MESSAGE_DATA_BYTES + HEADER_BYTES);
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** How many bytes of data a frame could carry still; negative when there is no room for a header. */
  get dataRoom(): number {
    return this.#buffer.length - this.#bytes - HEADER_BYTES;
  }

  clear(): void {
    this.#bytes = 0;
  }

  header(type: number, flags: number, streamId: number, length: number): void {
    writeHeader(this.#buffer, this.#bytes, type, flags, streamId, length);
    this.#bytes += HEADER_BYTES;
  }

  data(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#bytes);
    this.#bytes += bytes.length;
  }

  message(): Uint8Array {
    return this.#buffer.subarray(0, this.#bytes);
  }
}

let builder: MessageBuilder | undefined;

/**
 * The one builder of the process: a message is built and copied by its transport in one go, so no session needs a
 * buffer of its own.
 */
export function sharedBuilder(): MessageBuilder {
  return builder ??= new MessageBuilder();
}

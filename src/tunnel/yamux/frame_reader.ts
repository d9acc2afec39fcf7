import { FRAME, type FrameHeader, HEADER_BYTES, readHeader } from "./frame.ts";

/** Takes what a reader finds. A throw of either ends the reading of the message. */
export interface FrameSink {
  /** For a data frame, its bytes follow. */
  onFrame(header: FrameHeader): void;
  /** Bytes of the last data frame, as they come; `isLast` when none are missing. Not called for a frame without any. */
  onData(bytes: Uint8Array, isLast: boolean): void;
}

/**
 * Finds the frames in messages, wherever they were split. It keeps no more than the part of a header that has come, so a
 * silent session holds no buffer.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxDataBytes: number;
  #header: Uint8Array | null = null;
  #headerBytes = 0;
  #missingBytes = 0;
  #isStopped = false;

  constructor(sink: FrameSink, maxDataBytes: number) {
    this.#sink = sink;
    this.#maxDataBytes = maxDataBytes;
  }

  /** Throws a ProtocolViolation at the first frame that breaks the rules; nothing may be read afterwards. */
  read(message: Uint8Array): void {
    let at = 0;
    while (at < message.length && !this.#isStopped) {
      if (this.#missingBytes > 0) at += this.#readData(message, at);
      else if (this.#header === null && message.length - at >= HEADER_BYTES) {
        this.#begin(readHeader(message, at, this.#maxDataBytes));
        at += HEADER_BYTES;
      } else at += this.#readPartOfHeader(message, at);
    }
  }

  /** Leaves the rest of the message that is being read. */
  stop(): void {
    this.#isStopped = true;
    this.#header = null;
  }

  #readData(message: Uint8Array, at: number): number {
    const bytes = Math.min(this.#missingBytes, message.length - at);
    this.#missingBytes -= bytes;
    this.#sink.onData(message.subarray(at, at + bytes), this.#missingBytes === 0);
    return bytes;
  }

  #readPartOfHeader(message: Uint8Array, at: number): number {
    const header = this.#header ??= new Uint8Array(HEADER_BYTES);
    const bytes = Math.min(HEADER_BYTES - this.#headerBytes, message.length - at);
    header.set(message.subarray(at, at + bytes), this.#headerBytes);
    this.#headerBytes += bytes;
    if (this.#headerBytes === HEADER_BYTES) {
      this.#header = null;
      this.#headerBytes = 0;
      this.#begin(readHeader(header, 0, this.#maxDataBytes));
    }
    return bytes;
  }

  #begin(header: FrameHeader): void {
    if (header.type === FRAME.data) this.#missingBytes = header.length;
    this.#sink.onFrame(header);
  }
}

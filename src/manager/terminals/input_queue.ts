import { joinedBytes } from "../../core/mod.ts";
import {
  acknowledgedBy,
  type AttachMode,
  MAX_TERMINAL_FRAME_BYTES,
  sizeIn,
  TERMINAL_FRAMES,
  withLength,
} from "../../protocol/mod.ts";

/** What may wait for the host; more than that it has not the time, or the will, to take. */
export const MAX_WAITING_BYTES = 256 * 1024;
/** What a message costs besides its bytes. */
const OVERHEAD_BYTES = 64;
/** What is handed to the tunnel at once. */
const MAX_BATCH_BYTES = 64 * 1024;

/**
 * What a guest sends, on its way to the host. Only messages that are as they should be are taken; who views only may acknowledge,
 * and nothing else. Of acknowledgements that wait, the last is enough.
 */
export class InputQueue {
  readonly #mode: AttachMode;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #waitingBytes = 0;
  #acknowledge: Uint8Array<ArrayBuffer> | null = null;
  #news = Promise.withResolvers<void>();
  #typedBytes = 0;

  constructor(mode: AttachMode) {
    this.#mode = mode;
  }

  /** What was typed so far. */
  get typedBytes(): number {
    return this.#typedBytes;
  }

  /** Says what is wrong with a message, or null. */
  put(message: Uint8Array<ArrayBuffer>): string | null {
    const [type] = message;
    if (type === undefined || message.length > MAX_TERMINAL_FRAME_BYTES) return "a message is empty or too long";
    if (type === TERMINAL_FRAMES.acknowledge) {
      if (acknowledgedBy(message) === null) return "an acknowledgement is none";
      this.#acknowledge = message;
      this.#news.resolve();
      return null;
    }
    if (type !== TERMINAL_FRAMES.input && type !== TERMINAL_FRAMES.resize) return null; // a later version's
    if (type === TERMINAL_FRAMES.resize && sizeIn(message) === null) return "a size is none";
    if (this.#mode === "view") return null;
    return this.#add(message);
  }

  #add(message: Uint8Array<ArrayBuffer>): string | null {
    const bytes = message.length + OVERHEAD_BYTES;
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) return "more was typed or pasted than the host takes in";
    this.#waiting.push(message);
    this.#waitingBytes += bytes;
    if (message[0] === TERMINAL_FRAMES.input) this.#typedBytes += message.length - 1;
    this.#news.resolve();
    return null;
  }

  /** Resolves when there is something to take. */
  get whenReady(): Promise<void> {
    return this.#news.promise;
  }

  /** The next bytes for the tunnel, or null. */
  take(): Uint8Array<ArrayBuffer> | null {
    const batch: Uint8Array[] = [];
    if (this.#acknowledge !== null) batch.push(withLength(this.#acknowledge));
    this.#acknowledge = null;
    let [bytes, count] = [0, 0];
    for (const message of this.#waiting) {
      if (count > 0 && bytes + message.length > MAX_BATCH_BYTES) break;
      bytes += message.length;
      count++;
    }
    for (const message of this.#waiting.splice(0, count)) {
      this.#waitingBytes -= message.length + OVERHEAD_BYTES;
      batch.push(withLength(message));
    }
    if (batch.length > 0) return joinedBytes(batch);
    this.#news = Promise.withResolvers();
    return null;
  }
}

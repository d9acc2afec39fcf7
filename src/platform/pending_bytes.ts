import { joinedBytes } from "../core/mod.ts";

/** Above this, whoever writes should wait. */
const ENOUGH_BYTES = 64 * 1024;

/** Bytes that wait until somebody can take them; copies, so that their givers may go on using their buffers. */
export class PendingBytes {
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  get isFull(): boolean {
    return this.#bytes >= ENOUGH_BYTES;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(new Uint8Array(bytes));
    this.#bytes += bytes.length;
  }

  /** The next of them, which stay; null when there are none. */
  first(): Uint8Array<ArrayBuffer> | null {
    if (this.#chunks.length > 1) this.#join();
    return this.#chunks[0] ?? null;
  }

  /** So many of those that `first` gave have been taken. */
  drop(count: number): void {
    const [first] = this.#chunks;
    if (first === undefined) return;
    this.#bytes -= count;
    if (count < first.length) this.#chunks[0] = first.subarray(count);
    else this.#chunks.shift();
  }

  clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }

  /** Somebody who types a lot, a key at a time, costs one call for all of it. */
  #join(): void {
    this.#chunks = [joinedBytes(this.#chunks)];
  }
}

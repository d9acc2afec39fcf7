/** From this size on, bytes are kept as the part of the message that they came in, without a copy. */
const MIN_VIEW_BYTES = 4 * 1024;
const MIN_BLOCK_BYTES = 512;
const MAX_BLOCK_BYTES = 16 * 1024;

/**
 * Bytes that have come and were not read yet. What it holds in memory stays near what it counts, whatever the pieces:
 * a view keeps its whole message alive and each piece costs an object, so only what is most of a large message is kept as
 * it is, and the rest is packed into blocks. Otherwise a peer that sends single bytes could make a window of 256 KiB cost
 * gigabytes.
 */
export class ReceiveQueue {
  #blocks: Uint8Array[] = [];
  /** The block that is being filled; it comes after all the others. */
  #open: Uint8Array | null = null;
  #openBytes = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (chunk.length >= MIN_VIEW_BYTES && chunk.length * 2 >= chunk.buffer.byteLength) {
      this.#seal();
      this.#blocks.push(chunk);
      return;
    }
    for (let at = 0; at < chunk.length;) at += this.#pack(chunk, at);
  }

  /** The next piece, whatever its size, or null when there is none. */
  take(): Uint8Array | null {
    if (this.#blocks.length === 0) this.#seal();
    const block = this.#blocks.shift();
    if (block === undefined) return null;
    this.#bytes -= block.length;
    return block;
  }

  /** Takes so many bytes, which must be there. */
  takeExactly(bytes: number): Uint8Array {
    const taken = new Uint8Array(bytes);
    for (let at = 0; at < bytes;) {
      const block = this.take();
      if (block === null) throw new RangeError(`${bytes} bytes were asked of a queue that holds ${at}`);
      const part = block.subarray(0, bytes - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < block.length) this.#putBack(block.subarray(part.length));
    }
    return taken;
  }

  clear(): void {
    this.#blocks = [];
    this.#open = null;
    this.#openBytes = 0;
    this.#bytes = 0;
  }

  #pack(chunk: Uint8Array, at: number): number {
    if (this.#open === null || this.#openBytes === this.#open.length) {
      const lastBytes = this.#open?.length ?? 0;
      this.#seal();
      const size = Math.max(MIN_BLOCK_BYTES, lastBytes * 2, chunk.length - at);
      this.#open = new Uint8Array(Math.min(size, MAX_BLOCK_BYTES));
    }
    const part = chunk.subarray(at, at + this.#open.length - this.#openBytes);
    this.#open.set(part, this.#openBytes);
    this.#openBytes += part.length;
    return part.length;
  }

  #seal(): void {
    if (this.#open === null) return;
    this.#blocks.push(this.#open.subarray(0, this.#openBytes));
    this.#open = null;
    this.#openBytes = 0;
  }

  #putBack(rest: Uint8Array): void {
    this.#blocks.unshift(rest);
    this.#bytes += rest.length;
  }
}

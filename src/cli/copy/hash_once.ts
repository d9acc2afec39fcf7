import { createHash } from "node:crypto";

/** The digest of content that comes in order, some of it more than once: each byte counts when it comes first. */
export class HashOnce {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  /** How much has come. */
  get bytes(): number {
    return this.#bytes;
  }

  /** `at` is where the chunk stands in the whole; it may not leave a gap. */
  add(at: number, chunk: Uint8Array): void {
    if (at > this.#bytes) throw new RangeError(`${at - this.#bytes} bytes have been left out`);
    const fresh = chunk.subarray(this.#bytes - at);
    this.#hash.update(fresh);
    this.#bytes += fresh.length;
  }

  digest(): string {
    return this.#hash.copy().digest("hex");
  }
}

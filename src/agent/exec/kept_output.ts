/** The beginning of an output; the rest is counted and let go. */
export class KeptOutput {
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #keptBytes = 0;
  #isTruncated = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  add(chunk: Uint8Array): void {
    const rest = this.#maxBytes - this.#keptBytes;
    if (chunk.length > rest) this.#isTruncated = true;
    if (rest <= 0) return;
    const part = chunk.length > rest ? chunk.slice(0, rest) : chunk; // a copy: the whole chunk is not to be kept
    this.#chunks.push(part);
    this.#keptBytes += part.length;
  }

  /** What is no UTF-8 is replaced, a character that was cut in two at the end included. */
  text(): string {
    const decoder = new TextDecoder();
    return this.#chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  }
}

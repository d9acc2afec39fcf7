const FIRST_BYTES = 16 * 1024;
const NEWLINE = 0x0a;
/** A line that goes on for longer is cut in the middle. */
const MAX_LINE_BYTES = 4 * 1024;
/** The first two bits of a byte that continues a character of UTF-8. */
const CONTINUATION = { mask: 0xc0, value: 0x80 } as const;
const MAX_CONTINUATIONS = 3;

/**
 * The latest of all bytes that ever came, each with its position in all of them. It takes no more memory than it has
 * bytes, up to its limit.
 */
export class ByteRing {
  readonly #maxBytes: number;
  #buffer: Uint8Array<ArrayBuffer>;
  #start = 0;
  #end = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#buffer = new Uint8Array(Math.min(FIRST_BYTES, maxBytes));
  }

  /** The position of the oldest byte that is kept. */
  get start(): number {
    return this.#start;
  }

  /** How many bytes ever came. */
  get end(): number {
    return this.#end;
  }

  append(bytes: Uint8Array): void {
    const kept = bytes.length > this.#maxBytes ? bytes.subarray(bytes.length - this.#maxBytes) : bytes;
    if (kept.length < bytes.length) this.#start = this.#end += bytes.length - kept.length;
    this.#grow(this.#end - this.#start + kept.length);
    const at = this.#end % this.#buffer.length;
    const first = kept.subarray(0, this.#buffer.length - at);
    this.#buffer.set(first, at);
    this.#buffer.set(kept.subarray(first.length), 0);
    this.#end += kept.length;
    this.#start = Math.max(this.#start, this.#end - this.#buffer.length);
  }

  /** Copies what there is from a position on, as much as has room; how much that was. The position must be kept. */
  copy(from: number, into: Uint8Array): number {
    const count = Math.min(into.length, this.#end - from);
    const at = from % this.#buffer.length;
    const first = this.#buffer.subarray(at, Math.min(at + count, this.#buffer.length));
    into.set(first);
    into.set(this.#buffer.subarray(0, count - first.length), first.length);
    return count;
  }

  /** The first place from here on at which a line begins or, where the line is long, at least a character. */
  nextLine(from: number): number {
    const last = Math.min(this.#end, from + MAX_LINE_BYTES);
    for (let at = from; at < last; at++) if (this.#at(at) === NEWLINE) return at + 1;
    let at = from;
    while (at < this.#end && at < from + MAX_CONTINUATIONS && this.#continues(at)) at++;
    return at;
  }

  #at(position: number): number {
    return this.#buffer[position % this.#buffer.length] ?? 0;
  }

  #continues(position: number): boolean {
    return (this.#at(position) & CONTINUATION.mask) === CONTINUATION.value;
  }

  #grow(wantedBytes: number): void {
    let size = this.#buffer.length;
    while (size < wantedBytes && size < this.#maxBytes) size = Math.min(size * 2, this.#maxBytes);
    if (size === this.#buffer.length) return;
    const buffer = new Uint8Array(size);
    for (let at = this.#start; at < this.#end;) {
      const to = at % size;
      at += this.copy(at, buffer.subarray(to, Math.min(size, to + this.#end - at)));
    }
    this.#buffer = buffer;
  }
}

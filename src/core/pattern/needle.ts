/** Looks for some bytes in many: Horspool's algorithm, which mostly looks at one byte in as many as it looks for. */
export class Needle {
  readonly #bytes: Uint8Array;
  readonly #skips: Int32Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#skips = new Int32Array(256).fill(bytes.length);
    for (let at = 0; at < bytes.length - 1; at++) this.#skips[bytes[at] ?? 0] = bytes.length - 1 - at;
  }

  /** Where they first begin within `from` to `to`; -1 if nowhere. */
  find(hay: Uint8Array, from: number, to: number): number {
    const needle = this.#bytes;
    const skips = this.#skips;
    const last = needle.length - 1;
    if (last === 0) return findByte(hay, needle[0] ?? 0, from, to);
    const end = needle[last];
    for (let at = from + last; at < to;) {
      const byte = hay[at] ?? 0;
      if (byte === end) {
        let back = 1;
        while (back <= last && hay[at - back] === needle[last - back]) back++;
        if (back > last) return at - last;
      }
      at += skips[byte] ?? 1;
    }
    return -1;
  }
}

function findByte(hay: Uint8Array, byte: number, from: number, to: number): number {
  const at = hay.indexOf(byte, from);
  return at < to ? at : -1;
}

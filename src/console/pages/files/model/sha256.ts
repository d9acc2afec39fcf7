/**
 * SHA-256 of what comes in pieces (FIPS 180-4). The browser's own hashes only what is in memory as a whole, which a file
 * of gigabytes must never be.
 */
export class Sha256 {
  readonly #state = Uint32Array.from(INITIAL);
  readonly #schedule = new Uint32Array(64);
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #blockBytes = 0;
  #bytes = 0;

  update(bytes: Uint8Array): this {
    this.#bytes += bytes.length;
    let at = 0;
    if (this.#blockBytes > 0) {
      at = Math.min(BLOCK_BYTES - this.#blockBytes, bytes.length);
      this.#block.set(bytes.subarray(0, at), this.#blockBytes);
      this.#blockBytes += at;
      if (this.#blockBytes < BLOCK_BYTES) return this;
      this.#compress(this.#block, 0);
      this.#blockBytes = 0;
    }
    for (; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) this.#compress(bytes, at);
    this.#block.set(bytes.subarray(at));
    this.#blockBytes = bytes.length - at;
    return this;
  }

  /** Of all that came so far; more may come after. */
  hex(): string {
    const copy = new Sha256();
    copy.#state.set(this.#state);
    copy.#block.set(this.#block);
    copy.#blockBytes = this.#blockBytes;
    copy.#bytes = this.#bytes;
    return copy.#finish();
  }

  #finish(): string {
    const bits = BigInt(this.#bytes) * 8n;
    const padding = new Uint8Array((this.#blockBytes < 56 ? 56 : 120) - this.#blockBytes + 8);
    padding[0] = 0x80;
    new DataView(padding.buffer).setBigUint64(padding.length - 8, bits);
    this.update(padding);
    return [...this.#state].map((word) => word.toString(16).padStart(8, "0")).join("");
  }

  #compress(bytes: Uint8Array, at: number): void {
    const w = this.#schedule;
    for (let i = 0, p = at; i < 16; i += 1, p += 4) {
      w[i] = (byte(bytes, p) << 24) | (byte(bytes, p + 1) << 16) | (byte(bytes, p + 2) << 8) | byte(bytes, p + 3);
    }
    for (let i = 16; i < 64; i += 1) {
      const [x, y] = [word(w, i - 15), word(w, i - 2)];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (word(w, i - 16) + s0 + word(w, i - 7) + s1) | 0;
    }
    const state = this.#state;
    let [a, b, c, d] = [word(state, 0) | 0, word(state, 1) | 0, word(state, 2) | 0, word(state, 3) | 0];
    let [e, f, g, h] = [word(state, 4) | 0, word(state, 5) | 0, word(state, 6) | 0, word(state, 7) | 0];
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + word(K, i) + word(w, i)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, index) => state[index] = word(state, index) + value);
  }
}

const BLOCK_BYTES = 64;

/** Indexes that are within by construction; `?? 0` is what the compiler needs to see it. */
const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
const word = (words: Uint32Array, at: number): number => words[at] ?? 0;

/** The fractional parts of the square roots of the first 8 primes, and of the cube roots of the first 64. */
const INITIAL = [
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
];
const K = Uint32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime), prime));

function primes(count: number): number[] {
  const found: number[] = [];
  for (let each = 2; found.length < count; each += 1) if (found.every((prime) => each % prime !== 0)) found.push(each);
  return found;
}

/** The first 32 bits behind the point of a cube root, exactly: a double alone might be off in the last one. */
function fraction(root: number, prime: number): number {
  const cubed = BigInt(prime) << 96n;
  let value = BigInt(Math.floor(root * 2 ** 32));
  while (value ** 3n > cubed) value -= 1n;
  while ((value + 1n) ** 3n <= cubed) value += 1n;
  return Number(value & 0xffffffffn);
}

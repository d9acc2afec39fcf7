/** Rows of a chunk: small enough that little of one lies idle, large enough that its book-keeping does not count. */
export const CHUNK_ROWS = 60;
/** Chunks that are got from the system at a time. */
const SLAB_CHUNKS = 256;
const FLOAT_BYTES = 4;

interface Slab {
  readonly values: Float32Array;
  /** Numbers of the chunks that are free; the first `freeCount` of them hold. */
  readonly free: Uint8Array;
  freeCount: number;
}

/**
 * Memory for rows of numbers, in chunks of one size that are known by a number. Hundreds of thousands of them are a few
 * hundred arrays to the garbage collector, and what is used is known to the byte.
 */
export class ChunkPool {
  readonly columns: number;
  readonly maxChunks: number;
  readonly chunkBytes: number;
  /** For whoever adds up rows; nothing in this folder waits, so one pair of them serves all. */
  readonly means: Float64Array;
  readonly counts: Float64Array;
  readonly #slabs: (Slab | null)[] = [];
  #used = 0;
  #held = 0;
  /** No slab before this one has a free chunk. */
  #firstFree = 0;

  constructor(columns: number, maxBytes: number) {
    this.columns = columns;
    this.means = new Float64Array(columns);
    this.counts = new Float64Array(columns);
    this.chunkBytes = CHUNK_ROWS * columns * FLOAT_BYTES;
    this.maxChunks = Math.floor(maxBytes / this.chunkBytes);
  }

  get usedBytes(): number {
    return this.#used * this.chunkBytes;
  }

  /** What the system has given for it, used or not. */
  get heldBytes(): number {
    return this.#held * SLAB_CHUNKS * this.chunkBytes;
  }

  /** The number of a chunk without values, or -1 when the limit is reached. */
  take(): number {
    if (this.#used >= this.maxChunks) return -1;
    while (this.#slabs[this.#firstFree]?.freeCount === 0) this.#firstFree++;
    const slab = this.#slabs[this.#firstFree] ?? this.#addSlab(this.#firstFree);
    const inner = slab.free[--slab.freeCount] ?? 0;
    this.#used++;
    const chunk = this.#firstFree * SLAB_CHUNKS + inner;
    this.clear(chunk);
    return chunk;
  }

  give(chunk: number): void {
    const index = Math.floor(chunk / SLAB_CHUNKS);
    const slab = this.#slabs[index];
    if (slab === undefined || slab === null) throw new RangeError(`chunk ${chunk} is of no slab`);
    slab.free[slab.freeCount++] = chunk % SLAB_CHUNKS;
    this.#used--;
    this.#firstFree = Math.min(this.#firstFree, index);
    // One empty slab is kept, so that a single chunk that comes and goes does not make and drop one each time.
    const spare = this.#held * SLAB_CHUNKS - this.#used;
    if (slab.freeCount < SLAB_CHUNKS || spare < 2 * SLAB_CHUNKS) return;
    this.#slabs[index] = null;
    this.#held--;
  }

  /** Where a chunk's values are: in this array, from `offset` on, row by row. */
  values(chunk: number): Float32Array {
    const slab = this.#slabs[Math.floor(chunk / SLAB_CHUNKS)];
    if (slab === undefined || slab === null) throw new RangeError(`chunk ${chunk} is of no slab`);
    return slab.values;
  }

  offset(chunk: number): number {
    return (chunk % SLAB_CHUNKS) * CHUNK_ROWS * this.columns;
  }

  clear(chunk: number): void {
    const offset = this.offset(chunk);
    this.values(chunk).fill(NaN, offset, offset + CHUNK_ROWS * this.columns);
  }

  #addSlab(index: number): Slab {
    const free = Uint8Array.from({ length: SLAB_CHUNKS }, (_, at) => SLAB_CHUNKS - 1 - at);
    const values = new Float32Array(SLAB_CHUNKS * CHUNK_ROWS * this.columns);
    const slab: Slab = { values, free, freeCount: SLAB_CHUNKS };
    this.#slabs[index] = slab;
    this.#held++;
    return slab;
  }
}

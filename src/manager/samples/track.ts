import { CHUNK_ROWS, type ChunkPool } from "./chunk_pool.ts";

/** How many chunks a track of this step needs for this span, at most. */
export function chunksOf(spanMs: number, stepMs: number): number {
  return Math.ceil(spanMs / (CHUNK_ROWS * stepMs)) + 1;
}

const NONE = -1;

/** `late`: a row that is newer by a whole span has its place; `full`: there is no memory for it. */
export type PutResult = "kept" | "late" | "full";

/**
 * Rows at their own times: each time has its slot, whenever its row comes, and a slot without a row is a gap. The chunks
 * are a ring by time, made as time passes; a newer one takes the place of one that is older than the span.
 */
export class Track {
  readonly stepMs: number;
  readonly #chunkMs: number;
  readonly #pool: ChunkPool;
  /** By the chunk's number in time modulo the ring: which memory it has, and which number it is. */
  readonly #chunks: Int32Array;
  readonly #numbers: Float64Array;

  constructor(pool: ChunkPool, stepMs: number, spanMs: number) {
    this.stepMs = stepMs;
    this.#pool = pool;
    this.#chunkMs = CHUNK_ROWS * stepMs;
    this.#chunks = new Int32Array(chunksOf(spanMs, stepMs)).fill(NONE);
    this.#numbers = new Float64Array(this.#chunks.length);
  }

  put(timeMs: number, values: ArrayLike<number>): PutResult {
    const number = Math.floor(timeMs / this.#chunkMs);
    if (this.#isLate(number)) return "late";
    const chunk = this.#chunkFor(number);
    if (chunk === NONE) return "full";
    const { columns } = this.#pool;
    const memory = this.#pool.values(chunk);
    const row = Math.min(CHUNK_ROWS - 1, Math.floor((timeMs % this.#chunkMs) / this.stepMs));
    const offset = this.#pool.offset(chunk) + row * columns;
    for (let column = 0; column < columns; column++) memory[offset + column] = values[column] ?? NaN;
    return "kept";
  }

  /** Adds up the rows that begin in a span, column by column; what is NaN is left out. */
  sum(fromMs: number, toMs: number, sums: Float64Array, counts: Float64Array): void {
    const { columns } = this.#pool;
    this.eachRow(fromMs, toMs, (_, memory, offset) => {
      for (let column = 0; column < columns; column++) {
        const value = memory[offset + column] ?? NaN;
        if (Number.isNaN(value)) continue;
        sums[column] = (sums[column] ?? 0) + value;
        counts[column] = (counts[column] ?? 0) + 1;
      }
    });
  }

  /** Visits each row with a value that begins in the span, oldest first. */
  eachRow(fromMs: number, toMs: number, visit: (timeMs: number, memory: Float32Array, offset: number) => void): void {
    const { columns } = this.#pool;
    for (const number of this.#held(fromMs, toMs)) {
      const chunk = this.#chunks[number % this.#chunks.length] ?? NONE;
      const memory = this.#pool.values(chunk);
      const startMs = number * this.#chunkMs;
      const first = Math.max(0, Math.ceil((fromMs - startMs) / this.stepMs));
      const end = Math.min(CHUNK_ROWS, Math.ceil((toMs - startMs) / this.stepMs));
      for (let row = first; row < end; row++) {
        const offset = this.#pool.offset(chunk) + row * columns;
        if (!isEmpty(memory, offset, columns)) visit(startMs + row * this.stepMs, memory, offset);
      }
    }
  }

  /** When the first row that begins at this time or after it does, or Infinity. */
  firstSince(timeMs: number): number {
    let first = Infinity;
    for (const number of this.#held(timeMs, Infinity)) {
      const startMs = Math.max(timeMs, number * this.#chunkMs);
      this.eachRow(startMs, (number + 1) * this.#chunkMs, (atMs) => {
        first = Math.min(first, atMs);
      });
      if (first < Infinity) return first;
    }
    return first;
  }

  get chunkCount(): number {
    return this.#chunks.reduce((count, chunk) => chunk === NONE ? count : count + 1, 0);
  }

  /** Gives back the chunks that end before a time; Infinity for all. */
  dropBefore(timeMs: number): void {
    for (const number of this.#held(-Infinity, timeMs)) {
      if ((number + 1) * this.#chunkMs <= timeMs) this.#drop(number % this.#chunks.length);
    }
  }

  /** Gives back the oldest chunk that holds nothing as new as this; false when there is none. */
  dropOldest(beforeMs: number): boolean {
    const oldest = this.#held(-Infinity, beforeMs)[0];
    if (oldest === undefined || (oldest + 1) * this.#chunkMs > beforeMs) return false;
    this.#drop(oldest % this.#chunks.length);
    return true;
  }

  #isLate(number: number): boolean {
    const at = number % this.#chunks.length;
    return this.#chunks[at] !== NONE && (this.#numbers[at] ?? 0) > number;
  }

  #chunkFor(number: number): number {
    const at = number % this.#chunks.length;
    const held = this.#chunks[at] ?? NONE;
    if (held !== NONE && this.#numbers[at] === number) return held;
    if (held === NONE) this.#chunks[at] = this.#pool.take();
    else this.#pool.clear(held);
    this.#numbers[at] = number;
    return this.#chunks[at] ?? NONE;
  }

  #drop(at: number): void {
    this.#pool.give(this.#chunks[at] ?? NONE);
    this.#chunks[at] = NONE;
  }

  /** The numbers of the chunks that reach into a span, oldest first. */
  #held(fromMs: number, toMs: number): number[] {
    const numbers: number[] = [];
    for (let at = 0; at < this.#chunks.length; at++) {
      const startMs = (this.#numbers[at] ?? 0) * this.#chunkMs;
      if (this.#chunks[at] === NONE || startMs >= toMs || startMs + this.#chunkMs <= fromMs) continue;
      numbers.push(this.#numbers[at] ?? 0);
    }
    return numbers.sort((a, b) => a - b);
  }
}

function isEmpty(memory: Float32Array, offset: number, columns: number): boolean {
  for (let column = 0; column < columns; column++) if (!Number.isNaN(memory[offset + column])) return false;
  return true;
}

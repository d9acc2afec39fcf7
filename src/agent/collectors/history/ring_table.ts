const FIRST_COLUMNS = 4;
const BYTES_PER_VALUE = Float32Array.BYTES_PER_ELEMENT;
const BYTES_PER_TIME = Float64Array.BYTES_PER_ELEMENT;

/** Rows that are allocated together, when the first of them is needed. */
const SEGMENT_ROWS = 64;

/**
 * The last rows of a table whose columns are added as they are needed. Row after row, not column after column, and
 * allocated piece by piece, so that time that has not passed yet costs no memory. What was not set is NaN.
 */
export class RingTable {
  readonly rows: number;
  /** Values of one column in one row: one, or min, mean and max. */
  readonly width: number;
  #columns = 0;
  #times: Float64Array<ArrayBuffer>;
  #segments: Float32Array<ArrayBuffer>[] = [];
  /** Of the row that was begun last. */
  #row = -1;
  #used = 0;

  constructor(rows: number, width: number) {
    this.rows = rows;
    this.width = width;
    this.#times = new Float64Array(rows);
  }

  /** What a table of this size occupies when it is full. */
  static bytesOf(rows: number, width: number, columns: number): number {
    const allocatedRows = Math.ceil(rows / SEGMENT_ROWS) * SEGMENT_ROWS;
    return allocatedRows * columns * width * BYTES_PER_VALUE + rows * BYTES_PER_TIME;
  }

  /** Columns that it has room for once it holds `wanted`. */
  static capacityFor(wanted: number): number {
    let capacity = FIRST_COLUMNS;
    while (capacity < wanted) capacity += Math.max(FIRST_COLUMNS, capacity >> 1);
    return capacity;
  }

  get columns(): number {
    return this.#columns;
  }

  /** Makes room for more columns; what is there stays. */
  widen(columns: number): void {
    const [before, after] = [this.#columns * this.width, columns * this.width];
    this.#columns = columns;
    this.#segments = this.#segments.map((segment) => {
      const wider = this.#newSegment();
      for (let row = 0; row < SEGMENT_ROWS; row++) {
        wider.set(segment.subarray(row * before, (row + 1) * before), row * after);
      }
      return wider;
    });
  }

  beginRow(timeMs: number): void {
    this.#row = (this.#row + 1) % this.rows;
    this.#used = Math.max(this.#used, this.#row + 1);
    this.#times[this.#row] = timeMs;
    const stride = this.#columns * this.width;
    const inSegment = this.#row % SEGMENT_ROWS;
    this.#segmentOf(this.#row).fill(NaN, inSegment * stride, (inSegment + 1) * stride);
  }

  /** Sets a value in the row that was begun last. */
  set(column: number, value: number, part = 0): void {
    this.#segmentOf(this.#row)[this.#indexOf(this.#row, column) + part] = value;
  }

  /** Forgets all that a column held, before it is given to another series. */
  clear(column: number): void {
    for (let row = 0; row < this.#used; row++) {
      const at = this.#indexOf(row, column);
      this.#segmentOf(row).fill(NaN, at, at + this.width);
    }
  }

  /** The rows from the oldest to the newest, by the index that `timeMs` and `value` take. */
  *order(): Generator<number> {
    const oldest = this.#used < this.rows ? 0 : (this.#row + 1) % this.rows;
    for (let i = 0; i < this.#used; i++) yield (oldest + i) % this.rows;
  }

  timeMs(row: number): number {
    return this.#times[row] ?? NaN;
  }

  value(row: number, column: number, part = 0): number {
    return this.#segmentOf(row)[this.#indexOf(row, column) + part] ?? NaN;
  }

  #indexOf(row: number, column: number): number {
    return ((row % SEGMENT_ROWS) * this.#columns + column) * this.width;
  }

  #segmentOf(row: number): Float32Array<ArrayBuffer> {
    const index = Math.floor(row / SEGMENT_ROWS);
    return this.#segments[index] ??= this.#newSegment();
  }

  #newSegment(): Float32Array<ArrayBuffer> {
    return new Float32Array(SEGMENT_ROWS * this.#columns * this.width).fill(NaN);
  }
}

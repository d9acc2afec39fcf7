/** Rows that are kept together. */
export const ROWS = 64;

/** A typed array costs some 500 bytes besides its values, a plain one twice the bytes of each value. */
const FEW_VALUES = 128;

/**
 * Some rows of which each column that is the same in all takes one value instead of ROWS: most processes do the same
 * for most of the time.
 */
export interface Packed {
  /** Which rows there are, one bit each: the first 32, and the others. */
  readonly low: number;
  readonly high: number;
  /** A bit for each column that varies; the columns stand one after the other. */
  readonly varying: number;
  readonly values: readonly number[] | Float32Array<ArrayBuffer>;
}

/** Rows that are being filled. What was not set is NaN. */
export class OpenRows implements Packed {
  readonly columns: number;
  readonly values: Float32Array<ArrayBuffer>;
  low = 0;
  high = 0;

  constructor(columns: number) {
    this.columns = columns;
    this.values = new Float32Array(columns * ROWS).fill(NaN);
  }

  get varying(): number {
    return 2 ** this.columns - 1;
  }

  set(row: number, column: number, value: number): void {
    if (row < 32) this.low |= 1 << row;
    else this.high |= 1 << (row - 32);
    this.values[column * ROWS + row] = value;
  }

  /** A packed copy of the rows; they are then empty again, for the next ones: to make new ones would leave holes. */
  takePacked(): Packed {
    const { low, high, columns } = this;
    let varying = 0;
    for (let column = 0; column < columns; column++) if (this.#isVarying(column)) varying |= 1 << column;
    const size = sizeOf(varying, columns);
    const values = size > FEW_VALUES ? new Float32Array(size) : new Array<number>(size).fill(0);
    for (let column = 0, at = 0; column < columns; column++) {
      const count = (varying >>> column & 1) === 1 ? ROWS : 1;
      const from = column * ROWS + (count === 1 ? this.#firstRow() : 0);
      for (let index = 0; index < count; index++) values[at++] = this.values[from + index] ?? NaN;
    }
    this.low = this.high = 0;
    this.values.fill(NaN);
    return { low, high, varying, values };
  }

  /** Whether two of the rows that there are differ in this column. */
  #isVarying(column: number): boolean {
    const first = this.values[column * ROWS + this.#firstRow()];
    for (let row = 0; row < ROWS; row++) {
      if (hasRow(this, row) && !Object.is(this.values[column * ROWS + row], first)) return true;
    }
    return false;
  }

  #firstRow(): number {
    let row = 0;
    while (row < ROWS - 1 && !hasRow(this, row)) row++;
    return row;
  }
}

export function hasRow({ low, high }: Packed, row: number): boolean {
  return ((row < 32 ? low >>> row : high >>> (row - 32)) & 1) === 1;
}

export function valueAt({ varying, values }: Packed, row: number, column: number): number {
  let at = 0;
  for (let before = 0; before < column; before++) at += (varying >>> before & 1) === 1 ? ROWS : 1;
  return values[(varying >>> column & 1) === 1 ? at + row : at] ?? NaN;
}

function sizeOf(varying: number, columns: number): number {
  let size = 0;
  for (let column = 0; column < columns; column++) size += (varying >>> column & 1) === 1 ? ROWS : 1;
  return size;
}

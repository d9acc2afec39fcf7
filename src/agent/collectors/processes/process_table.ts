import type { StatFields } from "./stat_line.ts";

const FIRST_ROWS = 256;
/** The largest number that a column of 32 bits holds; what does not fit is not what it should be. */
const MAX_INT32 = 2 ** 31 - 1;

/**
 * The processes of one scan, a column for each matter and in the order of their pids. Ten thousand processes are less
 * than half a megabyte so, and the same memory serves scan after scan.
 */
export class ProcessTable {
  #count = 0;
  #pids = new Int32Array(FIRST_ROWS);
  #parents = new Int32Array(FIRST_ROWS);
  #threads = new Int32Array(FIRST_ROWS);
  #states = new Uint8Array(FIRST_ROWS);
  #cpuTicks = new Float64Array(FIRST_ROWS);
  #reapedTicks = new Float64Array(FIRST_ROWS);
  #startTicks = new Float64Array(FIRST_ROWS);
  #rssPages = new Float64Array(FIRST_ROWS);

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Pids must come in ascending order. */
  add(pid: number, fields: StatFields): void {
    const row = this.#count;
    if (row === this.#pids.length) this.#grow(row * 2);
    this.#pids[row] = pid;
    this.#parents[row] = fields.parent <= MAX_INT32 ? fields.parent : -1;
    this.#threads[row] = fields.threads <= MAX_INT32 ? fields.threads : -1;
    this.#states[row] = fields.state;
    this.#cpuTicks[row] = fields.cpuTicks;
    this.#reapedTicks[row] = fields.reapedTicks;
    this.#startTicks[row] = fields.startTicks;
    this.#rssPages[row] = fields.rssPages;
    this.#count++;
  }

  /** -1 for a row that there is not. */
  pid(row: number): number {
    return row < this.#count ? this.#pids[row] ?? -1 : -1;
  }
  parent(row: number): number {
    return this.#parents[row] ?? -1;
  }
  state(row: number): number {
    return this.#states[row] ?? 0;
  }
  /** This and what follows is -1 where the kernel did not tell. */
  threads(row: number): number {
    return this.#threads[row] ?? -1;
  }
  cpuTicks(row: number): number {
    return this.#cpuTicks[row] ?? -1;
  }
  reapedTicks(row: number): number {
    return this.#reapedTicks[row] ?? -1;
  }
  startTicks(row: number): number {
    return this.#startTicks[row] ?? -1;
  }
  rssPages(row: number): number {
    return this.#rssPages[row] ?? -1;
  }

  /** The row of a process; -1 when it is not in this scan. */
  rowOf(pid: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.pid(middle);
      if (found === pid) return middle;
      if (found < pid) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #grow(rows: number): void {
    const int32 = (old: Int32Array<ArrayBuffer>) => filled(new Int32Array(rows), old);
    const float64 = (old: Float64Array<ArrayBuffer>) => filled(new Float64Array(rows), old);
    this.#pids = int32(this.#pids);
    this.#parents = int32(this.#parents);
    this.#threads = int32(this.#threads);
    this.#states = filled(new Uint8Array(rows), this.#states);
    this.#cpuTicks = float64(this.#cpuTicks);
    this.#reapedTicks = float64(this.#reapedTicks);
    this.#startTicks = float64(this.#startTicks);
    this.#rssPages = float64(this.#rssPages);
  }
}

function filled<T extends { set(from: T): void }>(larger: T, old: T): T {
  larger.set(old);
  return larger;
}

import { emptyStatFields, parseStatLine } from "./stat_line.ts";
import type { ProcessTable } from "./process_table.ts";

const BUFFER_BYTES = 4096;
/** After so many processes, some 3 ms, others have their turn. */
const BETWEEN_PAUSES = 200;
const MAX_PID = 2 ** 22;

/** Reads `/proc/PID/stat` of every process into a table; what it works with serves scan after scan. */
export class ProcessScanner {
  readonly #proc: string;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #fields = emptyStatFields();
  #denied = 0;

  constructor(proc: string) {
    this.#proc = proc;
  }

  /** How many processes of the last scan were there, but not to be read. */
  get denied(): number {
    return this.#denied;
  }

  /** Processes that end while this goes on are in the table, or not; nobody could tell better. */
  async scan(table: ProcessTable, pause: () => Promise<void>): Promise<void> {
    this.#denied = 0;
    table.clear();
    const pids = this.#pids();
    for (let i = 0; i < pids.length; i++) {
      if (i > 0 && i % BETWEEN_PAUSES === 0) await pause();
      this.#read(pids[i] ?? 0, table);
    }
  }

  #pids(): Int32Array {
    const found: number[] = [];
    let last = 0;
    let sorted = true;
    for (const { name } of Deno.readDirSync(this.#proc)) {
      const pid = pidOf(name);
      if (pid === 0) continue;
      sorted &&= pid > last;
      found.push(last = pid);
    }
    const pids = Int32Array.from(found);
    return sorted ? pids : pids.sort();
  }

  #read(pid: number, table: ProcessTable): void {
    try {
      // A path made by hand, and one read: this is the line that a scan spends its time in.
      const file = Deno.openSync(`${this.#proc}/${pid}/stat`);
      try {
        const length = file.readSync(this.#buffer) ?? 0;
        if (parseStatLine(this.#buffer, length, this.#fields)) table.add(pid, this.#fields);
      } finally {
        file.close();
      }
    } catch (error) {
      // It has ended since the directory was read, or /proc is mounted so that it is hidden.
      if (error instanceof Deno.errors.PermissionDenied) this.#denied++;
    }
  }
}

/** 0 for what is not a pid. */
function pidOf(name: string): number {
  if (name.length > 7) return 0;
  let pid = 0;
  for (let i = 0; i < name.length; i++) {
    const digit = name.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return 0;
    pid = pid * 10 + digit;
  }
  return pid <= MAX_PID ? pid : 0;
}

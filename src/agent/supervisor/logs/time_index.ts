import { existsSync } from "node:fs";
import type { LogSurgery } from "../../../platform/mod.ts";
import { isMissing } from "./file_identity.ts";
import { decodeEntries, encodeEntries, ENTRY_BYTES, thinEntries, type TimeEntry, TimeTable } from "./time_table.ts";

/** So many entries are written at once while a file grows; an agent that dies forgets no more than these. */
const BATCH = 8;
/** An hour of a file that grows all the time; longer ones get coarser towards their beginning. */
const MAX_ENTRIES = 16_384;
/** So many more are there before it is looked again what can be forgotten. */
const PRUNE_AFTER = 2_048;

/** The times of one log, in a file beside it. Trouble with that file costs times, never lines. */
export class TimeIndex {
  readonly #path: string;
  readonly #surgery: LogSurgery;
  readonly #onTrouble: (error: unknown) => void;
  #unwritten: TimeEntry[] = [];
  #last: TimeEntry | null = null;
  #written = 0;
  #missing = false;
  #pruneAt = PRUNE_AFTER;
  #oldest = -Infinity;

  constructor(path: string, surgery: LogSurgery, onTrouble: (error: unknown) => void) {
    this.#path = path;
    this.#surgery = surgery;
    this.#onTrouble = onTrouble;
  }

  /** The last offset that an earlier agent knew of. */
  last(): number {
    const bytes = this.#readTail();
    return (bytes === null ? null : decodeEntries(bytes))?.at(-1)?.offset ?? 0;
  }

  /** Takes up what an earlier agent has left; what was written since it last looked has no time. */
  open(end: number): void {
    const bytes = this.#readTail();
    const tail = bytes === null ? null : decodeEntries(bytes);
    const last = tail?.at(-1) ?? null;
    // A file that knows more than there is was about another one.
    if (bytes !== null && (tail === null || (last?.offset ?? 0) > end)) this.#replace([]);
    else this.#last = last;
    if (end > (this.#last?.offset ?? 0)) this.#push({ offset: end, timeMs: 0 });
  }

  add(offset: number, timeMs: number): void {
    if (offset <= (this.#last?.offset ?? 0)) return;
    // What could not be written is missing in the middle, and would come to the time of what follows.
    const gap = this.#missing ? this.#last : null;
    this.#missing = false;
    if (gap !== null) this.#push({ offset: gap.offset, timeMs: 0 });
    this.#push({ offset, timeMs });
  }

  /** What lies between the last entry and this offset is of unknown time. */
  skipTo(offset: number): void {
    this.add(offset, 0);
  }

  flush(): void {
    // That nobody has watched need not be written until somebody does: the next agent finds the same.
    if (!this.#unwritten.some(({ timeMs }) => timeMs !== 0)) return;
    const bytes = encodeEntries(this.#unwritten);
    this.#unwritten = [];
    this.#write(bytes, "append");
    this.#written += bytes.length / ENTRY_BYTES;
    if (this.#written >= this.#pruneAt) this.#thin();
  }

  /** `from` is where times begin to be those of this log; see matchSegments. */
  table(from: number): TimeTable {
    this.flush();
    return new TimeTable([...this.#load(), ...this.#unwritten], from);
  }

  /** What lies before the oldest byte that is kept may be forgotten. */
  prune(oldest: number): void {
    this.#oldest = oldest;
    this.flush();
  }

  /** Done so seldom that it costs next to nothing, and so often that the file stays short. */
  #thin(): void {
    const entries = this.#load();
    const kept = thinEntries(entries, this.#oldest, MAX_ENTRIES);
    if (kept.length < entries.length) this.#replace(kept);
    this.#pruneAt = kept.length + PRUNE_AFTER;
  }

  #push(entry: TimeEntry): void {
    this.#last = entry;
    this.#unwritten.push(entry);
    if (this.#unwritten.length >= BATCH) this.flush();
  }

  #load(): TimeEntry[] {
    try {
      const entries = decodeEntries(Deno.readFileSync(this.#path));
      if (entries !== null) return entries;
    } catch (error) {
      if (!isMissing(error)) this.#onTrouble(error);
      return [];
    }
    const end = this.#last?.offset ?? 0;
    this.#replace(end > 0 ? [{ offset: end, timeMs: 0 }] : []);
    return [];
  }

  #readTail(): Uint8Array | null {
    if (!existsSync(this.#path)) return null;
    try {
      using file = Deno.openSync(this.#path);
      const { size } = file.statSync();
      this.#written = Math.floor(size / ENTRY_BYTES);
      if (size % ENTRY_BYTES !== 0) return new Uint8Array(1); // torn
      const bytes = new Uint8Array(Math.min(size, ENTRY_BYTES));
      file.seekSync(size - bytes.length, Deno.SeekMode.Start);
      return bytes.subarray(0, file.readSync(bytes) ?? 0);
    } catch (error) {
      if (!isMissing(error)) this.#onTrouble(error);
      return null;
    }
  }

  #replace(entries: readonly TimeEntry[]): void {
    this.#last = entries.at(-1) ?? null;
    this.#written = entries.length;
    this.#unwritten = [];
    this.#write(encodeEntries(entries), "replace");
  }

  #write(bytes: Uint8Array<ArrayBuffer>, how: "append" | "replace"): void {
    try {
      // On a full disk some times are missing afterwards; what comes next says so by the gap before it.
      if (this.#surgery.writeOwn(this.#path, bytes, how) === "full") this.#missing = true;
    } catch (error) {
      this.#onTrouble(error);
    }
  }
}

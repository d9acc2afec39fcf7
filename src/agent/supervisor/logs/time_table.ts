/**
 * When the bytes of a log were written, as far as somebody watched it grow: entries of a logical offset and a time, each
 * saying that what lies between the entry before and this offset was written at about this time.
 */
import { fnv1a } from "./file_state.ts";

export interface TimeEntry {
  readonly offset: number;
  /** Of the wall clock; 0 where nobody watched. */
  readonly timeMs: number;
}

/** Time and offset of 48 bits each, checksum of 32. */
export const ENTRY_BYTES = 16;
const UINT32 = 2 ** 32;
const MAX_VALUE = 2 ** 48 - 1;

export function encodeEntries(entries: readonly TimeEntry[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  entries.forEach(({ offset, timeMs }, index) => {
    const at = index * ENTRY_BYTES;
    writeUint48(view, at, Math.min(MAX_VALUE, Math.max(0, Math.round(timeMs))));
    writeUint48(view, at + 6, Math.min(MAX_VALUE, Math.max(0, offset)));
    view.setUint32(at + 12, fnv1a(bytes.subarray(at, at + 12)));
  });
  return bytes;
}

/** Null when anything in it is damaged: a time that is missing in the middle would give others a wrong one. */
export function decodeEntries(bytes: Uint8Array): TimeEntry[] | null {
  if (bytes.length % ENTRY_BYTES !== 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: TimeEntry[] = [];
  let last = -1;
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    const offset = readUint48(view, at + 6);
    if (fnv1a(bytes.subarray(at, at + 12)) !== view.getUint32(at + 12) || offset < last) return null;
    entries.push({ timeMs: readUint48(view, at), offset });
    last = offset;
  }
  return entries;
}

/** Leaves out what lies before the oldest byte that is kept, and then, of the older half, every second entry. */
export function thinEntries(entries: readonly TimeEntry[], oldest: number, max: number): TimeEntry[] {
  const kept = entries.filter(({ offset }) => offset > oldest);
  if (kept.length <= max) return kept;
  const half = Math.floor(kept.length / 2);
  return kept.filter((entry, index) => {
    // What is left out gives its bytes to the next one; what nobody saw must not come to a time by that.
    const next = kept[index + 1];
    return index >= half || index % 2 === 1 || entry.timeMs === 0 || next === undefined || next.timeMs === 0;
  });
}

export class TimeTable {
  readonly #entries: readonly TimeEntry[];
  readonly #from: number;

  /** Nothing is known of what lies before `from`. */
  constructor(entries: readonly TimeEntry[], from: number) {
    this.#entries = entries;
    this.#from = from;
  }

  /** When the line was written that ends at this offset. */
  timeOf(end: number): number | undefined {
    if (end <= this.#from) return undefined;
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.offset ?? 0) < end) low = middle + 1;
      else high = middle;
    }
    const timeMs = this.#entries[low]?.timeMs ?? 0;
    return timeMs === 0 ? undefined : timeMs;
  }

  /** The offset that nothing of before `sinceMs` is behind. What nobody saw counts as written since. */
  startOf(sinceMs: number): number {
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      const entry = this.#entries[index];
      if (entry !== undefined && entry.timeMs !== 0 && entry.timeMs < sinceMs) {
        return Math.max(entry.offset, this.#from);
      }
    }
    return -Infinity;
  }

  /** The offset that nothing of up to `untilMs` is behind. What nobody saw counts as written until then. */
  endOf(untilMs: number): number {
    let offset = this.#from;
    for (const entry of this.#entries) {
      if (entry.timeMs > untilMs && offset >= this.#from) return offset;
      offset = entry.offset;
    }
    return Infinity;
  }
}

function writeUint48(view: DataView, at: number, value: number): void {
  view.setUint16(at, Math.floor(value / UINT32));
  view.setUint32(at + 2, value % UINT32);
}

function readUint48(view: DataView, at: number): number {
  return view.getUint16(at) * UINT32 + view.getUint32(at + 2);
}

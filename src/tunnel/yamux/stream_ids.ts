import { MAX_STREAM_ID, ProtocolViolation } from "./frame.ts";

/** How many ids that the other side has skipped it may still use; a few streams may be opened at once there. */
const MAX_SKIPPED = 512;

/** Which ids were used: ours go up by two, theirs may come a little out of order, and none comes twice. */
export class StreamIds {
  readonly #ourParity: number;
  #nextOurs: number;
  #lastTheirs: number;
  #skipped: Set<number> | null = null;

  /** `firstId` is for tests of the end of the ids. */
  constructor(role: "client" | "server", firstId?: number) {
    this.#ourParity = role === "client" ? 1 : 0;
    this.#nextOurs = firstId ?? (role === "client" ? 1 : 2);
    this.#lastTheirs = role === "client" ? 0 : -1;
  }

  /** The next id of ours, or null when there is none left. */
  next(): number | null {
    if (this.#nextOurs > MAX_STREAM_ID) return null;
    const id = this.#nextOurs;
    this.#nextOurs += 2;
    return id;
  }

  /** Whether a stream with this id was or is, as far as anyone could know. */
  wasUsed(id: number): boolean {
    return this.#isOurs(id) ? id < this.#nextOurs : id <= this.#lastTheirs;
  }

  /** Takes an id that the other side opens a stream with. */
  useTheirs(id: number): void {
    if (this.#isOurs(id)) throw new ProtocolViolation(`stream ${id} was opened with an id of this side`);
    if (id > this.#lastTheirs) this.#skipTo(id);
    else if (this.#skipped?.delete(id) !== true) throw new ProtocolViolation(`stream ${id} was opened a second time`);
  }

  #isOurs(id: number): boolean {
    return (id & 1) === this.#ourParity;
  }

  #skipTo(id: number): void {
    const first = Math.max(this.#lastTheirs + 2, id - 2 * MAX_SKIPPED);
    this.#lastTheirs = id;
    if (first === id) return;
    this.#skipped ??= new Set();
    for (let skipped = first; skipped < id; skipped += 2) this.#skipped.add(skipped);
    for (const oldest of this.#skipped) {
      if (this.#skipped.size <= MAX_SKIPPED) break;
      this.#skipped.delete(oldest);
    }
  }
}

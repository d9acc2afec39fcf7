import { NewestQueue } from "../../core/mod.ts";
import { type FleetSearchMatch, SEARCH_HOLD_MS } from "../../protocol/mod.ts";

export interface FleetMergeOptions {
  readonly hostIds: readonly string[];
  readonly limit: number;
  /** Of the monotonic clock. */
  readonly startedMs: number;
  /** Of the wall clock: nothing is from later. */
  readonly nowMs: number;
}

interface Source {
  /** Nothing newer comes from it any more; its own word. */
  boundMs: number;
  /** When it was heard last, by the monotonic clock. */
  heardMs: number;
  isOver: boolean;
}

interface Held {
  readonly match: FleetSearchMatch;
  readonly orderMs: number;
}

/** Of the matches that wait, in characters. */
const MAX_HELD_CHARS = 8 * 1024 * 1024;

/**
 * The matches of many hosts, each of which sends its newest first, as one sequence of the newest first. Pure: time is
 * given to it. It keeps no more than the newest that are wanted, however long nobody takes them.
 */
export class FleetMerge {
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #nowMs: number;
  readonly #held: NewestQueue<Held>;
  /** Of the newest that were seen, sent or not. */
  readonly #best: NewestQueue<number>;
  #hasLost = false;
  #lastSentMs = Infinity;

  constructor({ hostIds, limit, startedMs, nowMs }: FleetMergeOptions) {
    this.#sources = new Map(hostIds.map((id) => [id, { boundMs: Infinity, heardMs: startedMs, isOver: false }]));
    this.#nowMs = nowMs;
    const compare = (a: number, b: number) => a - b;
    this.#best = new NewestQueue({ maxItems: limit, maxSize: Infinity, sizeOf: () => 0, compare });
    this.#held = new NewestQueue<Held>({
      maxItems: limit,
      maxSize: MAX_HELD_CHARS,
      sizeOf: ({ match }) => sizeOf(match),
      compare: (a, b) => a.orderMs - b.orderMs,
    });
  }

  /** Why some matches were left out; null when none was. */
  get lost(): "limit" | "size" | null {
    if (this.#held.lost === "size") return "size";
    return this.#hasLost || this.#held.lost !== null ? "limit" : null;
  }

  /** Nothing newer than this is still to come; -Infinity when nothing is. */
  get boundMs(): number {
    let boundMs = -Infinity;
    for (const source of this.#sources.values()) if (!source.isOver) boundMs = Math.max(boundMs, source.boundMs);
    return boundMs;
  }

  /** Whether something of this time could still be among the newest. */
  isWanted(timeMs: number): boolean {
    const { floor } = this.#best;
    return floor === undefined || timeMs > floor;
  }

  /** Whether anything can come from that host that could still be among the newest. */
  isUseful(hostId: string): boolean {
    const source = this.#sources.get(hostId);
    return source !== undefined && !source.isOver && this.isWanted(Math.min(source.boundMs, this.#nowMs));
  }

  add(match: FleetSearchMatch, monotonicMs: number): void {
    const source = this.#sources.get(match.hostId);
    if (source === undefined || source.isOver) return;
    // One whose clock is ahead comes before nobody.
    const orderMs = Math.min(match.timeMs ?? Infinity, source.boundMs, this.#nowMs);
    this.reached(match.hostId, match.timeMs ?? Infinity, monotonicMs);
    if (!this.isWanted(orderMs)) {
      this.#hasLost = true;
      return;
    }
    this.#best.add(orderMs);
    this.#held.add({ match, orderMs });
  }

  /** The host has been heard, and sends nothing newer than that any more. */
  reached(hostId: string, boundMs: number, monotonicMs: number): void {
    const source = this.#sources.get(hostId);
    if (source === undefined) return;
    source.boundMs = Math.min(source.boundMs, boundMs);
    source.heardMs = monotonicMs;
  }

  /** Nothing comes from it any more; `isLost` where it would have had more, older ones. */
  over(hostId: string, isLost = false): void {
    const source = this.#sources.get(hostId);
    if (source === undefined) return;
    source.isOver = true;
    this.#hasLost ||= isLost;
  }

  /** The next match, when it is its turn. */
  take(monotonicMs: number): FleetSearchMatch | null {
    this.#forgetOld();
    const { newest } = this.#held;
    if (newest === undefined || newest.orderMs < this.#heldBackBy(monotonicMs)) return null;
    this.#held.takeNewest();
    const isLate = newest.orderMs > this.#lastSentMs;
    this.#lastSentMs = Math.min(this.#lastSentMs, newest.orderMs);
    return isLate ? { ...newest.match, late: true } : newest.match;
  }

  /** When, by the monotonic clock, something that is held back may go, if nothing is heard until then; null for nothing. */
  get dueMs(): number | null {
    const { newest } = this.#held;
    if (newest === undefined) return null;
    let dueMs = -Infinity;
    for (const { boundMs, heardMs, isOver } of this.#sources.values()) {
      if (!isOver && boundMs > newest.orderMs) dueMs = Math.max(dueMs, heardMs + SEARCH_HOLD_MS);
    }
    return dueMs;
  }

  /** What is held, and was among the newest only until newer ones came. */
  #forgetOld(): void {
    const { floor = -Infinity } = this.#best;
    for (let { newest } = this.#held; newest !== undefined && newest.orderMs < floor; { newest } = this.#held) {
      this.#held.takeNewest();
      this.#hasLost = true;
    }
  }

  /** Matches that are older have to wait for a host that was heard not long ago. */
  #heldBackBy(monotonicMs: number): number {
    let boundMs = -Infinity;
    for (const source of this.#sources.values()) {
      const holds = !source.isOver && monotonicMs - source.heardMs < SEARCH_HOLD_MS;
      if (holds) boundMs = Math.max(boundMs, source.boundMs);
    }
    return Math.min(boundMs, this.#nowMs);
  }
}

function sizeOf({ text, before = [], after = [] }: FleetSearchMatch): number {
  return [...before, ...after].reduce((sum, line) => sum + line.text.length, text.length);
}

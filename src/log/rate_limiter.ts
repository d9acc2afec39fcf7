import type { LogLevel } from "./logger.ts";

export interface RateLimit {
  /** How many records of one level, component and message are kept in each second. */
  readonly perSecond: number;
}

/** What makes records similar; also enough to say afterwards what was suppressed. */
export interface RecordKind {
  readonly level: LogLevel;
  readonly component?: string;
  readonly msg: string;
}

export interface Suppressed extends RecordKind {
  readonly count: number;
}

interface Window {
  readonly kind: RecordKind;
  readonly startMs: number;
  passed: number;
  suppressed: number;
}

const WINDOW_MS = 1_000;
/** Messages are constants, so a program has far fewer kinds; the bound is for code that breaks that rule. */
const KINDS_LIMIT = 1_000;

/**
 * Decides which records of a flood are kept. Pure but for its own table: the caller gives the time. What is suppressed
 * is counted and comes out of exactly one of `admit`, `ended` and `drain`.
 */
export class RateLimiter {
  readonly #windows = new Map<string, Window>();
  readonly #perSecond: number;

  constructor(limit: RateLimit) {
    this.#perSecond = limit.perSecond;
  }

  /** Whether a record is kept, and what was suppressed in windows that its arrival closes. */
  admit(kind: RecordKind, nowMs: number): { readonly kept: boolean; readonly closed: readonly Suppressed[] } {
    const key = `${kind.level}\0${kind.component ?? ""}\0${kind.msg}`;
    const open = this.#windows.get(key);
    if (open !== undefined && nowMs - open.startMs < WINDOW_MS) {
      const kept = open.passed < this.#perSecond;
      if (kept) open.passed++;
      else open.suppressed++;
      return { kept, closed: [] };
    }
    const closed = open === undefined ? this.#makeRoom() : summary(open);
    this.#windows.delete(key);
    this.#windows.set(key, { kind, startMs: nowMs, passed: 1, suppressed: 0 });
    return { kept: true, closed };
  }

  /** What was suppressed in windows that have ended by now. */
  ended(nowMs: number): Suppressed[] {
    return this.#close((window) => nowMs - window.startMs >= WINDOW_MS);
  }

  /** Everything suppressed and not yet told. */
  drain(): Suppressed[] {
    return this.#close(() => true);
  }

  /** When the next window ends that has something to tell, on the clock given to `admit`. */
  nextEndMs(): number | undefined {
    const ends = [...this.#windows.values()].filter((window) => window.suppressed > 0).map((w) =>
      w.startMs + WINDOW_MS
    );
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  #close(due: (window: Window) => boolean): Suppressed[] {
    const closed: Suppressed[] = [];
    for (const [key, window] of this.#windows) {
      if (!due(window)) continue;
      closed.push(...summary(window));
      this.#windows.delete(key);
    }
    return closed;
  }

  /** Forgets the oldest window once there are too many. */
  #makeRoom(): Suppressed[] {
    if (this.#windows.size < KINDS_LIMIT) return [];
    for (const [key, window] of this.#windows) {
      this.#windows.delete(key);
      return summary(window);
    }
    return [];
  }
}

function summary(window: Window): Suppressed[] {
  return window.suppressed === 0 ? [] : [{ ...window.kind, count: window.suppressed }];
}

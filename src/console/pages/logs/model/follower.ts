import { newSince } from "../../../lines/mod.ts";

/** A line as the host tells it. */
export interface FollowedLine {
  readonly file: string;
  readonly text: string;
  readonly timeMs?: number;
  readonly cut?: boolean;
}

export type FollowState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** Asked for again and again, since the browser has no connection left to hold open for it. */
  | { readonly kind: "polled" }
  | { readonly kind: "waiting"; readonly dueMs: number; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

export interface FollowerOptions {
  /** The latest so many lines, then those that come; ends or rejects when the way breaks. */
  readonly stream: (lines: number, signal: AbortSignal) => AsyncIterable<FollowedLine>;
  /** The latest so many lines; given, nothing is held open. */
  readonly poll?: (lines: number, signal: AbortSignal) => Promise<readonly FollowedLine[]>;
  readonly onLines: (lines: readonly FollowedLine[]) => void;
  /** Lines may be missing before those that come next. */
  readonly onGap: (file: string) => void;
  readonly onState: (state: FollowState) => void;
  /** What is wrong in words, and whether it may be right again by itself. */
  readonly problemOf: (error: unknown) => { readonly reason: string; readonly isFinal: boolean };
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => number;
  readonly random: () => number;
  /** How many lines come first. */
  readonly firstLines: number;
}

const REMEMBERED = 400;
const AGAIN_LINES = 1_000;
const QUIET_MS = 250;
const LONGEST_BACKLOG_MS = 3_000;
const POLL_MS = 2_000;
const [BASE_MS, MAX_MS] = [1_000, 20_000];

/**
 * Follows one log through breaks. After one, the latest lines come again: what was seen already is left out, and where
 * nothing of that is among them a gap is told.
 */
export class Follower {
  readonly #options: FollowerOptions;
  /** Of each file the last lines that were shown. */
  readonly #seen = new Map<string, string[]>();
  #hasBegun = false;
  #failures = 0;
  #ending = new AbortController();

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Follows until `stop`, or until that makes no sense any more. */
  async run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await (this.#options.poll === undefined ? this.#stream(signal) : this.#poll(signal));
        await this.#pause("", signal);
      } catch (error) {
        if (signal.aborted) return;
        const { reason, isFinal } = this.#options.problemOf(error);
        if (isFinal) return this.#options.onState({ kind: "failed", reason });
        await this.#pause(reason, signal);
      }
    }
  }

  stop(): void {
    this.#ending.abort(new DOMException("not followed any more", "AbortError"));
  }

  async #pause(reason: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#failures += 1;
    const spanMs = Math.min(MAX_MS, BASE_MS * 2 ** Math.min(this.#failures - 1, 10));
    const waitMs = Math.round(spanMs * (0.5 + this.#options.random() / 2));
    this.#options.onState({ kind: "waiting", dueMs: this.#options.now() + waitMs, reason });
    // Aborted is the only way in which it rejects: the loop looks at that itself.
    await this.#options.sleep(waitMs, signal).catch(() => undefined);
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { poll, onState, sleep, firstLines } = this.#options;
    if (poll === undefined) return;
    onState({ kind: "connecting" });
    while (true) {
      this.#takeBacklog(await poll(this.#hasBegun ? AGAIN_LINES : firstLines, signal));
      this.#failures = 0;
      onState({ kind: "polled" });
      await sleep(POLL_MS, signal);
    }
  }

  async #stream(signal: AbortSignal): Promise<void> {
    const { stream, onState, firstLines, onLines } = this.#options;
    onState({ kind: "connecting" });
    const asked = this.#hasBegun ? AGAIN_LINES : firstLines;
    const connection = new AbortController();
    const lines = stream(asked, AbortSignal.any([signal, connection.signal]))[Symbol.asyncIterator]();
    try {
      const first = await this.#backlog(lines, asked, signal);
      this.#takeBacklog(first.backlog);
      this.#failures = 0;
      if (first.next === null) return;
      onState({ kind: "live" });
      for (let next = await first.next; next.done !== true; next = await lines.next()) {
        this.#remember(next.value);
        onLines([next.value]);
      }
    } finally {
      connection.abort();
    }
  }

  /** What comes before the first pause; nothing marks where the latest lines end and those begin that are written now. */
  async #backlog(
    lines: AsyncIterator<FollowedLine, unknown>,
    asked: number,
    signal: AbortSignal,
  ): Promise<{ backlog: FollowedLine[]; next: Promise<IteratorResult<FollowedLine, unknown>> | null }> {
    const backlog: FollowedLine[] = [];
    const endMs = this.#options.now() + LONGEST_BACKLOG_MS;
    let next = lines.next();
    while (backlog.length < asked && this.#options.now() < endMs) {
      const quiet = new AbortController();
      const pause = this.#options.sleep(QUIET_MS, AbortSignal.any([signal, quiet.signal])).then(() => null, () => null);
      const came = await Promise.race([next, pause]);
      quiet.abort();
      signal.throwIfAborted();
      if (came === null) break;
      if (came.done === true) return { backlog, next: null };
      backlog.push(came.value);
      next = lines.next();
    }
    return { backlog, next };
  }

  #takeBacklog(backlog: readonly FollowedLine[]): void {
    const fresh = this.#hasBegun ? this.#freshOf(backlog) : backlog;
    this.#hasBegun = true;
    for (const line of fresh) this.#remember(line);
    if (fresh.length > 0) this.#options.onLines(fresh);
  }

  #freshOf(backlog: readonly FollowedLine[]): readonly FollowedLine[] {
    const fresh = new Set<FollowedLine>();
    for (const [file, lines] of Map.groupBy(backlog, (line) => line.file)) {
      const { from, hasGap } = newSince(this.#seen.get(file) ?? [], lines.map((line) => line.text));
      if (hasGap) this.#options.onGap(file);
      for (const line of lines.slice(from)) fresh.add(line);
    }
    return backlog.filter((line) => fresh.has(line));
  }

  #remember({ file, text }: FollowedLine): void {
    let seen = this.#seen.get(file);
    if (seen === undefined) this.#seen.set(file, seen = []);
    seen.push(text);
    if (seen.length > REMEMBERED * 2) seen.splice(0, REMEMBERED);
  }
}

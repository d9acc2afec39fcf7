import type { Clock } from "../../../core/mod.ts";
import type { Follower } from "./followers.ts";

const POLL_MS = 50;
/** Parts of one log that are read at a time; more is there at the next poll still. */
const MAX_PARTS = 16;
const MAX_TESTED_CHARS = 8_192;

interface LineWait {
  readonly followers: readonly Follower[];
  readonly pattern: RegExp;
  readonly onMatch: (line: string) => void;
}

/** Waits for lines that match. Polls only while somebody waits, all of them together. */
export class LineWaits {
  readonly #clock: Clock;
  readonly #onTrouble: (error: unknown) => void;
  readonly #waits = new Set<LineWait>();
  #stopped = new AbortController();
  #polling: Promise<void> = Promise.resolve();

  constructor(clock: Clock, onTrouble: (error: unknown) => void) {
    this.#clock = clock;
    this.#onTrouble = onTrouble;
  }

  add(wait: LineWait): () => void {
    if (this.#waits.size === 0) {
      const stopped = new AbortController();
      this.#stopped = stopped;
      this.#polling = this.#polling.then(() => this.#poll(stopped.signal));
    }
    this.#waits.add(wait);
    return () => this.#remove(wait);
  }

  async stop(): Promise<void> {
    for (const wait of [...this.#waits]) this.#remove(wait);
    await this.#polling;
  }

  #remove(wait: LineWait): void {
    if (!this.#waits.delete(wait)) return;
    for (const follower of wait.followers) follower[Symbol.dispose]();
    if (this.#waits.size === 0) this.#stopped.abort();
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const wait of [...this.#waits]) await this.#look(wait);
      if (signal.aborted) return;
      // Nobody waits any more when it is cut short.
      await this.#clock.sleep(POLL_MS, signal).catch(() => {});
    }
  }

  async #look(wait: LineWait): Promise<void> {
    try {
      const line = await this.#matching(wait);
      if (line === undefined || !this.#waits.has(wait)) return;
      this.#remove(wait);
      wait.onMatch(line);
    } catch (error) {
      this.#onTrouble(error);
    }
  }

  async #matching({ followers, pattern }: LineWait): Promise<string | undefined> {
    const matches = (text: string) => {
      pattern.lastIndex = 0;
      return pattern.test(text.slice(0, MAX_TESTED_CHARS));
    };
    for (const follower of followers) {
      for (let parts = 0; parts < MAX_PARTS; parts++) {
        const lines = await follower.poll();
        const found = lines.find(({ text }) => matches(text));
        if (found !== undefined) return found.text;
        if (lines.length === 0) break;
      }
      // A prompt has no line feed.
      if (follower.openText !== "" && matches(follower.openText)) return follower.openText;
    }
    return undefined;
  }
}

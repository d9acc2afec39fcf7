/**
 * agent/trim (L3): gives memory that the idle agent does not need back to the system: at each tick the clean file pages
 * of the executable and its libraries, which come back from the page cache when they are needed; seldom, garbage and
 * the code that only the start has run.
 *
 * Lifecycle: one component, `trim`, with one timer, re-armed when `setInterval` is called by a reload.
 *
 * To add one more way to use less memory: measure it with `deno task bench`, then call it from `tick`.
 *
 * May import: core, log, platform.
 *
 * @module
 */
import { type Duration, messageOf } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { createMemoryTrimmer, type MemoryTrimmer } from "../../platform/mod.ts";

export interface TrimOptions {
  readonly interval: Duration;
  readonly log: Logger;
  readonly createTrimmer?: () => MemoryTrimmer;
}

/** Code is forgotten when it has not run between some collections; after these few that of the start is. */
const FIRST_COMPACTIONS = 4;
const COMPACT_EVERY_MS = 300_000;

export function createTrim({ interval, log, createTrimmer = createMemoryTrimmer }: TrimOptions) {
  let every = interval;
  let timer: ReturnType<typeof setInterval> | undefined;
  let trimmer: MemoryTrimmer | null = null;
  let compactions = 0;
  let compactedMs = 0;

  function tick(): void {
    try {
      if (compactions < FIRST_COMPACTIONS || performance.now() - compactedMs >= COMPACT_EVERY_MS) {
        compactions++;
        compactedMs = performance.now();
        trimmer?.compact();
      }
      trimmer?.trim();
    } catch (error) {
      log.warn("memory is not trimmed any more", { reason: messageOf(error) });
      trimmer = null;
      disarm();
    }
  }

  function disarm(): void {
    clearInterval(timer);
    timer = undefined;
  }

  function arm(): void {
    disarm();
    if (trimmer !== null && every.ms > 0) timer = setInterval(tick, every.ms);
  }

  return {
    name: "trim",
    start(signal: AbortSignal): Promise<void> {
      return Promise.try(() => {
        signal.throwIfAborted();
        trimmer = createTrimmer();
        arm();
      });
    },
    stop(): Promise<void> {
      disarm();
      trimmer = null;
      return Promise.resolve();
    },
    setInterval(next: Duration): void {
      every = next;
      arm();
    },
  };
}

/** To go on listening to an agent that stops and comes back, as it does at each restart and upgrade. */
import { AppError, type Clock, type ErrorCode, ERRORS } from "../core/mod.ts";
import type { CliContext } from "./context.ts";

export interface FollowOptions {
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Takes a remark for the user. */
  readonly note: (text: string) => void;
}

/** Listens until the stream ends, calling `onOpen` when it has begun. */
export type Listen = (onOpen: () => void) => Promise<void>;

/** What an agent that is on its way down or up fails with; all else would fail again. */
const PASSING: readonly ErrorCode[] = ["not_running", "unavailable", "timeout"];
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/**
 * Listens again whenever the stream ends, until the signal aborts. A failure before anything was heard is the user's to
 * know; after that, the agent is waited for.
 */
export async function keepListening(listen: Listen, { clock, random, signal, note }: FollowOptions): Promise<never> {
  let hasHeard = false;
  for (let failures = 0;;) {
    const onOpen = () => {
      if (failures > 1) note("the agent answers again");
      hasHeard = true;
      failures = 0;
    };
    try {
      await listen(onOpen);
    } catch (error) {
      signal.throwIfAborted();
      const isPassing = error instanceof AppError && PASSING.includes(error.code);
      if (!hasHeard || !isPassing) throw error;
    }
    signal.throwIfAborted();
    // The end of a stream alone is no news: the agent may be there again before anybody has noticed.
    if (++failures === 2) note("the agent does not answer; waiting for it");
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10));
    await clock.sleep(longest * (1 + random()) / 2, signal);
  }
}

/** For several that listen to one agent: a remark that was made last is not made again. */
export function withoutRepeats(note: (text: string) => void): (text: string) => void {
  let last = "";
  return (text) => {
    if (text !== last) note(text);
    last = text;
  };
}

export interface Ending {
  readonly signal: AbortSignal;
  /** To be called after what was printed: ends it where nobody reads that any more. */
  readonly endIfUnread: () => void;
}

/** Runs what goes on until the user interrupts it, which is its ordinary end and no message is made of it. */
export async function untilInterrupted(
  { signal, terminal, exitWith }: CliContext,
  run: (ending: Ending) => Promise<void>,
): Promise<void> {
  const unread = new AbortController();
  const either = AbortSignal.any([signal, unread.signal]);
  const endIfUnread = () => {
    if (terminal.isClosed?.() === true) unread.abort();
  };
  try {
    await run({ signal: either, endIfUnread });
  } catch (error) {
    if (signal.aborted) exitWith(ERRORS.cancelled.exit);
    else if (!unread.signal.aborted) throw error;
  } finally {
    unread.abort(); // one of several that has failed ends the others
  }
}

import type { Clock } from "../../core/mod.ts";
import type { ServerEvent } from "../../http/mod.ts";
import { type LogLine, logLine } from "../../protocol/mod.ts";
import { type FollowOptions, keepListening } from "../follow.ts";
import { Continuation } from "./continuation.ts";

export interface FollowerOptions extends FollowOptions {
  /** The stream of lines from now on, after so many of the latest ones. */
  readonly events: (lines: number, signal: AbortSignal, onOpen: () => void) => AsyncIterable<ServerEvent>;
  /** How many of the latest lines are wanted. */
  readonly lines: number;
  /** What was shown already, so that the stream is to go on after it. */
  readonly shown?: readonly LogLine[];
  readonly print: (line: LogLine) => void;
}

/** How far back a stream begins that is to go on where another has ended. */
const OVERLAP = 1_000;
/** The lines that a stream begins with come without a pause like this. */
const PAUSE_MS = 300;

/** Follows the log of one process, over restarts of the agent, without losing or doubling lines. */
export class LogFollower {
  readonly #options: FollowerOptions;
  readonly #continuation = new Continuation();
  /** The lines that a stream has begun with, while they are compared with what was shown; null otherwise. */
  #overlap: LogLine[] | null = null;

  constructor(options: FollowerOptions) {
    this.#options = options;
    for (const line of options.shown ?? []) this.#continuation.add(line);
  }

  /** Never resolves; rejects when the signal aborts, or with what cannot be mended by waiting. */
  async run(): Promise<never> {
    const { shown } = this.#options;
    let isFirst = shown === undefined;
    return await keepListening(async (onOpen) => {
      await this.#listen(isFirst ? this.#options.lines : OVERLAP, isFirst, () => {
        isFirst = false;
        onOpen();
      });
    }, this.#options);
  }

  async #listen(lines: number, isFirst: boolean, onOpen: () => void): Promise<void> {
    const { events, signal, clock } = this.#options;
    const joins = !isFirst && !this.#continuation.isEmpty;
    // Of a process that has not shown anything yet, what is in its log is not wanted either if none was asked for.
    const asked = joins || isFirst ? lines : this.#options.lines === 0 ? 0 : lines;
    this.#overlap = joins ? [] : null;
    const broken = new AbortController(); // such as by a full disk where the lines go
    const either = AbortSignal.any([signal, broken.signal]);
    const pause = new Pause(clock, either, () => {
      try {
        this.#join();
      } catch (error) {
        broken.abort(error);
      }
    });
    try {
      for await (const { event, data } of events(asked, either, onOpen)) {
        if (event !== "line") continue;
        const line = logLine().parse(JSON.parse(data));
        if (this.#overlap === null) this.#show(line);
        else if (this.#overlap.push(line) >= OVERLAP) this.#join();
        else pause.begin();
      }
    } finally {
      pause.end();
      this.#join(); // what came is shown, however it ended
    }
  }

  /** Shows what is new of the lines that the stream has begun with. */
  #join(): void {
    if (this.#overlap === null) return;
    const lines = this.#overlap;
    this.#overlap = null;
    const { unseen, isJoined } = this.#continuation.continue(lines);
    if (!isJoined && lines.length >= OVERLAP) this.#options.note("more was written meanwhile than is shown here");
    for (const line of unseen) this.#show(line);
  }

  #show(line: LogLine): void {
    this.#continuation.add(line);
    this.#options.print(line);
  }
}

/** Calls back once nothing has happened for a while. */
class Pause {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #act: () => void;
  #waiting: AbortController | undefined;

  constructor(clock: Clock, signal: AbortSignal, act: () => void) {
    this.#clock = clock;
    this.#signal = signal;
    this.#act = act;
  }

  /** Something has happened: waits anew. */
  begin(): void {
    this.end();
    const waiting = this.#waiting = new AbortController();
    const either = AbortSignal.any([waiting.signal, this.#signal]);
    this.#clock.sleep(PAUSE_MS, either).then(this.#act, () => {}); // more has come, or it is over
  }

  end(): void {
    this.#waiting?.abort();
  }
}

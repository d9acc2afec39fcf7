import type { Clock } from "../../../core/mod.ts";
import { messageOf } from "../../../core/mod.ts";
import type { FileSystemUse } from "../../../platform/mod.ts";

export type ReadUse = (path: string) => Promise<FileSystemUse>;

/** One mount to ask about. */
export interface Question {
  readonly path: string;
  /** What answers for it, such as a disk or a server: it is asked about one of its mounts at a time. */
  readonly source: string;
  /** False for what may wait for a server, or for a program. */
  readonly local: boolean;
}

export type Answer =
  | { readonly use: FileSystemUse }
  /** `error` may tell how long it has lasted; `cause` names the mount and stays the same for as long as it lasts. */
  | { readonly use?: undefined; readonly error: string; readonly cause: string };

interface Asked extends Question {
  readonly sinceMs: number;
}

/**
 * The runtime has some 30 threads in which calls may wait, for all its files and for finding names of hosts. So few
 * calls may be stuck at a time, and fewer of those to servers: many of these are lost at once when a network is, and
 * the disks of this host shall be asked all the same.
 */
export const MAX_WAITING = 8;
export const MAX_WAITING_REMOTE = 5;
/** A call that takes longer is taken to be stuck: the reading goes on without it. */
export const PATIENCE_MS = 2_000;
/** A round with many slow answers ends after this, although it goes on well. */
export const MAX_ROUND_MS = 5_000;
/** When the answers take longer than this, one more is asked at the same time. */
const WIDEN_MS = 50;
/** With more mounts than this two are asked at a time from the start: each hop to a thread and back costs some 50 µs. */
const MANY = 16;

/**
 * Asks file systems how full they are, which may take for ever: a lost server's mount is never given up by the kernel.
 * One call at a time is under way for each path, and a path whose call is stuck is not asked again before that returns.
 * Calls outlive the collector that made them, so the process has one of these.
 */
export class MountAsker {
  readonly #readUse: ReadUse;
  readonly #asked = new Map<string, Asked>();

  constructor(readUse: ReadUse) {
    this.#readUse = readUse;
  }

  /** How many calls are under way, of all sources or of those elsewhere. */
  waiting(): { readonly all: number; readonly remote: number } {
    let remote = 0;
    for (const { local } of this.#asked.values()) if (!local) remote++;
    return { all: this.#asked.size, remote };
  }

  /** Asks all of them and gives an answer for each, by its path. Waits only as long as there is hope. */
  async ask(questions: readonly Question[], clock: Clock, signal: AbortSignal): Promise<Map<string, Answer>> {
    const round = new Round(questions, (question) => this.#next(question, clock), (path) => this.#asked.has(path));
    const startedMs = clock.monotonicMs();
    const rest = new AbortController();
    try {
      round.fill();
      while (round.isOpen && !signal.aborted && this.#isHopeful(round, clock, startedMs)) {
        await Promise.race([round.ended, clock.sleep(WIDEN_MS, rest.signal).catch(ignoreAbort)]);
        round.widen();
      }
    } finally {
      round.close();
      rest.abort(undefined);
    }
    for (const question of questions) {
      if (!round.answers.has(question.path)) round.answers.set(question.path, this.#silence(question, clock));
    }
    return round.answers;
  }

  /** The call, if there may be one now. */
  #next(question: Question, clock: Clock): Promise<FileSystemUse> | null {
    const { all, remote } = this.waiting();
    if (this.#asked.has(question.path)) return null;
    if (all >= MAX_WAITING || (!question.local && remote >= MAX_WAITING_REMOTE)) return null;
    for (const { source } of this.#asked.values()) if (source === question.source) return null;
    this.#asked.set(question.path, { ...question, sinceMs: clock.monotonicMs() });
    return this.#call(question.path);
  }

  async #call(path: string): Promise<FileSystemUse> {
    try {
      return await this.#readUse(path);
    } finally {
      this.#asked.delete(path);
    }
  }

  #isHopeful(round: Round, clock: Clock, startedMs: number): boolean {
    const nowMs = clock.monotonicMs();
    if (nowMs - startedMs >= MAX_ROUND_MS) return false;
    for (const path of round.outstanding) {
      const asked = this.#asked.get(path);
      if (asked !== undefined && nowMs - asked.sinceMs < PATIENCE_MS) return true;
    }
    return false;
  }

  #silence(question: Question, clock: Clock): Answer {
    const asked = this.#asked.get(question.path);
    if (asked !== undefined) {
      const seconds = Math.max(0, Math.floor((clock.monotonicMs() - asked.sinceMs) / 1000));
      return { error: `stuck: no answer for ${seconds} s`, cause: `${question.path} is stuck: it does not answer` };
    }
    for (const { source, path } of this.#asked.values()) {
      if (source === question.source) return notAsked(`${path}, of the same source, does not answer`);
    }
    return notAsked("too many others do not answer");
  }
}

/** The questions of one reading, and how far they have come. */
class Round {
  readonly answers = new Map<string, Answer>();
  readonly outstanding = new Set<string>();
  /** Settles when nothing is under way and nothing can be asked. */
  readonly ended: Promise<void>;
  readonly #queue: Question[];
  readonly #ask: (question: Question) => Promise<FileSystemUse> | null;
  readonly #end: () => void;
  #lanes: number;
  #closed = false;

  constructor(
    questions: readonly Question[],
    ask: (question: Question) => Promise<FileSystemUse> | null,
    isAsked: (path: string) => boolean,
  ) {
    const fresh = new Map<string, Question>(); // mounts on top of each other share a path
    for (const question of questions) if (!isAsked(question.path)) fresh.set(question.path, question);
    const queue = [...fresh.values()];
    this.#lanes = queue.length > MANY ? 2 : 1;
    this.#queue = [...queue.filter(({ local }) => local), ...queue.filter(({ local }) => !local)];
    this.#ask = ask;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  get isOpen(): boolean {
    return this.outstanding.size > 0;
  }

  /** Asks until every lane is busy. One lane will do while answers come at once, and needs one thread. */
  fill(): void {
    if (this.#closed) return;
    for (let at = 0; at < this.#queue.length && this.outstanding.size < this.#lanes;) {
      const question = this.#queue[at];
      const call = question === undefined ? null : this.#ask(question);
      if (question === undefined || call === null) at++;
      else {
        this.#queue.splice(at, 1);
        void this.#await(question.path, call);
      }
    }
    if (!this.isOpen) this.#end();
  }

  widen(): void {
    this.#lanes++;
    this.fill();
  }

  /** What comes in later is of no use to this reading. */
  close(): void {
    this.#closed = true;
  }

  async #await(path: string, call: Promise<FileSystemUse>): Promise<void> {
    this.outstanding.add(path);
    const answer = await call.then((use): Answer => ({ use }), failed);
    this.outstanding.delete(path);
    if (!this.#closed) this.answers.set(path, answer);
    this.fill();
  }
}

function failed(thrown: unknown): Answer {
  return { error: messageOf(thrown), cause: messageOf(thrown) };
}

function notAsked(reason: string): Answer {
  return { error: `not asked: ${reason}`, cause: `mounts that are not asked, because ${reason}` };
}

/** The wait was cut short because the round is over. */
function ignoreAbort(): void {}

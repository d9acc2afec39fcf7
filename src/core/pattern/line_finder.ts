import { Automaton } from "./automaton.ts";
import type { Alphabet } from "./alphabet.ts";
import type { Needle } from "./needle.ts";

const LINE_FEED = 0x0a;
/** After so much work on the table whoever searches is given the chance to do something else: some milliseconds. */
const WORK_AT_A_TIME = 30_000;

/** A needle that is found more often than once in so many bytes costs more than it saves; told after so many finds. */
const COMMON_BYTES = 2_000;
const ENOUGH_FINDS = 100;

export interface FinderParts {
  readonly automaton: Automaton;
  readonly alphabet: Alphabet;
  /** What every match has in it. */
  readonly needle: Needle | null;
  /** Whether that is all there is to a match. */
  readonly isNeedleAll: boolean;
}

/**
 * Finds lines by their bytes, for one search at a time. Its generators give undefined where they have worked for long,
 * and can go on later.
 */
export class LineFinder {
  readonly #parts: FinderParts;
  /** What the needle was of use for, while it is not the whole pattern. */
  #finds = 0;
  #passedBytes = 0;
  /** Of a line that comes in parts. */
  #state = 0;
  #hasMatched = false;

  constructor(parts: FinderParts) {
    this.#parts = parts;
  }

  /**
   * A place in each line, or at its end, that may match, of the lines of `bytes` from `from`, where one begins, to `to`,
   * where one ends: just behind a line feed, or with the last line, which has none.
   */
  *find(bytes: Uint8Array, from: number, to: number): Generator<number | undefined, void> {
    const { needle, isNeedleAll } = this.#parts;
    for (let at = from; at < to;) {
      if (needle === null || this.#isCommon) return yield* this.#match(bytes, at, to);
      const found = needle.find(bytes, at, to);
      if (found < 0) return void (this.#passedBytes += to - at);
      const end = lineEnd(bytes, found, to);
      if (isNeedleAll) yield found;
      else {
        this.#finds++;
        this.#passedBytes += end - at;
        yield* this.#match(bytes, lineStart(bytes, found, from), end);
      }
      at = end;
    }
  }

  get #isCommon(): boolean {
    return this.#finds > ENOUGH_FINDS && this.#passedBytes < this.#finds * COMMON_BYTES;
  }

  /** Begins a line that comes in parts. */
  beginLine(): void {
    this.#state = this.#parts.automaton.initial;
    this.#hasMatched = false;
  }

  /** The next part of the line, without its line feed. */
  *addToLine(bytes: Uint8Array, from: number, to: number): Generator<undefined, void> {
    const { automaton, alphabet } = this.#parts;
    let { work } = automaton;
    for (let at = from; !this.#hasMatched;) {
      at = this.#run(bytes, at, to);
      if (at >= to) return;
      this.#hasMatched = this.#make(alphabet.low[bytes[at] ?? 0] ?? 0);
      at++;
      if (automaton.work - work < WORK_AT_A_TIME) continue;
      yield undefined;
      work = automaton.work;
    }
  }

  /** Whether the line may match, now that all of it was given. */
  endLine(): boolean {
    const { automaton, alphabet } = this.#parts;
    return this.#hasMatched || Automaton.isMatch(automaton.follow(this.#state, alphabet.endClass));
  }

  *#match(bytes: Uint8Array, from: number, to: number): Generator<number | undefined, void> {
    const { automaton, alphabet } = this.#parts;
    let { work } = automaton;
    this.#state = automaton.initial;
    for (let at = from;;) {
      at = this.#run(bytes, at, to);
      if (at >= to) break;
      if (this.#make(alphabet.low[bytes[at] ?? 0] ?? 0)) {
        yield at;
        at = lineEnd(bytes, at, to);
        if (at === to) return;
        this.#state = automaton.initial;
      } else at++;
      if (automaton.work - work < WORK_AT_A_TIME) continue;
      yield undefined;
      work = automaton.work;
    }
    const isOpen = to > from && bytes[to - 1] !== LINE_FEED;
    if (isOpen && this.#make(alphabet.endClass)) yield to - 1;
  }

  /** As far as the table goes: to the end, or to the byte whose transition is a match or still to be made. */
  #run(bytes: Uint8Array, from: number, to: number): number {
    const { automaton: { table }, alphabet: { low } } = this.#parts;
    let state = this.#state;
    let at = from;
    for (; at < to; at++) {
      const next = table[state + low[bytes[at]!]!]!; // a byte has a class, and a state has a cell for each of them
      if (next < 0) break;
      state = next;
    }
    this.#state = state;
    return at;
  }

  /** Takes one transition that the table may not have; true where it ends a match. */
  #make(symbolClass: number): boolean {
    const next = this.#parts.automaton.follow(this.#state, symbolClass);
    if (Automaton.isMatch(next)) return true;
    this.#state = next;
    return false;
  }
}

function lineStart(bytes: Uint8Array, at: number, from: number): number {
  return at === from ? from : Math.max(from, bytes.lastIndexOf(LINE_FEED, at - 1) + 1);
}

/** Where the next line begins. */
function lineEnd(bytes: Uint8Array, at: number, to: number): number {
  const feed = bytes.indexOf(LINE_FEED, at);
  return feed < 0 || feed >= to ? to : feed + 1;
}

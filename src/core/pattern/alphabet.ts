import { type CharSet, contains, eachRange, WORD_CHARACTERS } from "./char_set.ts";
import type { Program } from "./program.ts";

/** What a symbol is to an assertion that stands before or after it. */
export const EDGE = 0;
export const WORD = 1;
export const OTHER = 2;
/** It may be the end of the line, or not: whoever uses it looks again. */
export const MAYBE_END = 3;
export type SymbolKind = typeof EDGE | typeof WORD | typeof OTHER | typeof MAYBE_END;

/** Symbols that a program cannot tell from each other are one class; the last class is the end of the text. */
export class Alphabet {
  readonly classes: number;
  readonly endClass: number;
  readonly kinds: readonly SymbolKind[];
  /** Class of the symbols below 256. */
  readonly low = new Uint16Array(256);
  /** For each class the numbers of the sets that it belongs to. */
  readonly #members: readonly ReadonlySet<number>[];
  /** Where ranges of symbols begin, ascending, and the class of each. */
  readonly #starts: readonly number[];
  readonly #classes: readonly number[];

  /** With `end`, that symbol is the end of the text; with `maybeEnd`, that one may be. */
  constructor(
    { sets, asserts }: Program,
    { end, maybeEnd }: { readonly end?: number; readonly maybeEnd?: number } = {},
  ) {
    const knowsWords = asserts.has("word") || asserts.has("notWord");
    const special = [end, maybeEnd].filter((symbol) => symbol !== undefined);
    const singles: CharSet[] = special.map((symbol) => [symbol, symbol]);
    const starts = boundsOf([...sets, ...singles, ...(knowsWords ? [WORD_CHARACTERS] : [])]);
    const numbers = new Map<string, number>();
    const members: Set<number>[] = [];
    const kinds: SymbolKind[] = [];
    const classes = starts.map((symbol) => {
      if (symbol === end) return -1;
      const own = sets.flatMap((set, number) => contains(set, symbol) ? [number] : []);
      const kind = symbol === maybeEnd ? MAYBE_END : knowsWords && contains(WORD_CHARACTERS, symbol) ? WORD : OTHER;
      const key = `${kind}:${own.join()}`;
      const known = numbers.get(key) ?? members.length;
      if (known === members.length) {
        numbers.set(key, known);
        members.push(new Set(own));
        kinds.push(kind);
      }
      return known;
    });
    this.endClass = members.length;
    this.classes = members.length + 1;
    this.kinds = [...kinds, EDGE];
    this.#members = members;
    this.#starts = starts;
    this.#classes = classes.map((number) => number < 0 ? this.endClass : number);
    for (let symbol = 0; symbol < this.low.length; symbol++) this.low[symbol] = this.#find(symbol);
  }

  classOf(symbol: number): number {
    return symbol < 256 ? this.low[symbol] ?? 0 : this.#find(symbol);
  }

  belongs(number: number, set: number): boolean {
    return this.#members[number]?.has(set) ?? false;
  }

  #find(symbol: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= symbol) low = middle;
      else high = middle;
    }
    return this.#classes[low] ?? 0;
  }
}

/** Where something changes: each range from one of these to the next lies in the same sets. */
function boundsOf(sets: readonly CharSet[]): number[] {
  const bounds = new Set([0]);
  for (const set of sets) {
    eachRange(set, (from, to) => {
      bounds.add(from);
      bounds.add(to + 1);
    });
  }
  return [...bounds].sort((a, b) => a - b);
}

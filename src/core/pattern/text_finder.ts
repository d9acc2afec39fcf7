import { Alphabet } from "./alphabet.ts";
import { Automaton } from "./automaton.ts";
import { compile } from "./program.ts";
import { type PatternNode, reversed } from "./syntax.ts";

export type Span = [from: number, to: number];

const MAX_CELLS = 256 * 1024;
const MAX_SPAN_CELLS = 64 * 1024;
const WORK_AT_A_TIME = 30_000;
/** What matches is only shown, and need not be found at any price. */
const MAX_SPAN_WORK = 100_000;
const MAX_LOOKS = 8;

interface Machine {
  readonly automaton: Automaton;
  readonly alphabet: Alphabet;
}

/** Says exactly whether a text matches, and where, one look at each character for each of the two. */
export class TextFinder {
  readonly #node: PatternNode;
  readonly #test: Machine;
  #forward: Machine | undefined;
  #backward: Machine | undefined;

  constructor(node: PatternNode) {
    this.#node = node;
    this.#test = machineOf(node, false, MAX_CELLS);
  }

  /** The answer at the end; undefined before that where it has worked for long, and can go on later. */
  *test(text: string): Generator<undefined, boolean> {
    const { automaton, alphabet } = this.#test;
    let { work } = automaton;
    let state = automaton.initial;
    for (let at = 0; at < text.length;) {
      const code = text.codePointAt(at) ?? 0;
      const next = automaton.follow(state, alphabet.classOf(code));
      if (Automaton.isMatch(next)) return true;
      state = next;
      at += code > 0xffff ? 2 : 1;
      if (automaton.work - work < WORK_AT_A_TIME) continue;
      yield undefined;
      work = automaton.work;
    }
    return Automaton.isMatch(automaton.follow(state, alphabet.endClass));
  }

  /**
   * What matches, from left to right and each as long as it can be, without empty ones; so many at most, and none where
   * that would take too long.
   */
  spans(text: string, max: number): Span[] {
    const codes = codesOf(text);
    const budget = { looks: MAX_LOOKS * codes.codes.length, work: MAX_SPAN_WORK };
    const starts = this.#startsIn(codes, budget);
    const found: Span[] = [];
    for (let index = starts.indexOf(1); index >= 0 && found.length < max && budget.looks > 0;) {
      const end = this.#endFrom(codes, index, budget);
      if (end > index) found.push([codes.at[index] ?? 0, codes.at[end] ?? text.length]);
      index = starts.indexOf(1, Math.max(end, index + 1));
    }
    return budget.work < 0 ? [] : found;
  }

  /** 1 for each place where a match can begin: read backwards, it is where one ends. */
  #startsIn({ codes }: Codes, budget: Budget): Uint8Array {
    const { automaton, alphabet } = this.#backward ??= machineOf(reversed(this.#node), false, MAX_SPAN_CELLS);
    const starts = new Uint8Array(codes.length + 1);
    const mostWork = automaton.work + budget.work;
    let state = automaton.initial;
    for (let index = codes.length; index >= 0 && automaton.work <= mostWork; index--) {
      const symbolClass = index === 0 ? alphabet.endClass : alphabet.classOf(codes[index - 1] ?? 0);
      const next = automaton.follow(state, symbolClass);
      if (Automaton.isMatch(next)) starts[index] = 1;
      state = Automaton.passed(next);
    }
    budget.work = mostWork - automaton.work;
    return starts;
  }

  /** Where the longest match ends that begins there; -1 when none does. */
  #endFrom({ codes }: Codes, from: number, budget: Budget): number {
    const { automaton, alphabet } = this.#forward ??= machineOf(this.#node, true, MAX_SPAN_CELLS);
    const before = from === 0 ? alphabet.endClass : alphabet.classOf(codes[from - 1] ?? 0);
    let state = automaton.beginAfter(before);
    const mostWork = automaton.work + budget.work;
    let end = -1;
    for (let index = from; index <= codes.length && !automaton.isDead(state); index++) {
      if (budget.looks-- <= 0 || automaton.work > mostWork) break;
      const symbolClass = index === codes.length ? alphabet.endClass : alphabet.classOf(codes[index] ?? 0);
      const next = automaton.follow(state, symbolClass);
      if (Automaton.isMatch(next)) end = index;
      state = Automaton.passed(next);
    }
    budget.work = mostWork - automaton.work;
    return end;
  }
}

function machineOf(node: PatternNode, isAnchored: boolean, maxCells: number): Machine {
  const program = compile(node);
  const alphabet = new Alphabet(program);
  return { alphabet, automaton: new Automaton(program, alphabet, { isAnchored, maxCells }) };
}

interface Budget {
  /** Characters that are looked at forwards. */
  looks: number;
  /** On tables, in steps. */
  work: number;
}

interface Codes {
  readonly codes: readonly number[];
  /** Where each is in the text. */
  readonly at: readonly number[];
}

function codesOf(text: string): Codes {
  const codes: number[] = [];
  const at: number[] = [];
  for (let index = 0; index < text.length;) {
    const code = text.codePointAt(index) ?? 0;
    codes.push(code);
    at.push(index);
    index += code > 0xffff ? 2 : 1;
  }
  return { codes, at };
}

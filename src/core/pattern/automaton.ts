import { EDGE, MAYBE_END, OTHER, type SymbolKind, WORD } from "./alphabet.ts";
import type { Alphabet } from "./alphabet.ts";
import type { Program, Step } from "./program.ts";
import type { Assertion } from "./syntax.ts";

export interface AutomatonOptions {
  /** Whether a match may begin anywhere, or only where the text begins. */
  readonly isAnchored: boolean;
  /** Cells of the table, four bytes each. */
  readonly maxCells: number;
}

interface State {
  /** Steps to be followed from here, ascending. */
  readonly steps: readonly number[];
  /** What stands before. */
  readonly before: SymbolKind;
}

const UNKNOWN = -1;
/** Transitions that are told by less than this one end a match, and go on where `passed` says. */
const FIRST_MATCH = -2;
/** Of all states together; beyond, those that were made are forgotten. */
const MAX_KEPT_STEPS = 500_000;
const FEWEST_STATES = 16;

/**
 * A program as a table that is made as far as it is used: one look for each symbol of the text. It takes bounded memory,
 * since the table is begun anew when it is full, and time linear in the text, since at worst every symbol needs a new
 * row, which takes no longer than the program is large.
 */
export class Automaton {
  /** `table[state + class]` is the next state, or negative: see `follow`. */
  table: Int32Array;
  readonly initial = 0;
  /** Grows with the work of making the table, in steps; whoever must not be kept waiting looks at it. */
  work = 0;
  readonly #program: Program;
  readonly #alphabet: Alphabet;
  readonly #options: AutomatonOptions;
  readonly #knowsWords: boolean;
  readonly #knowsStart: boolean;
  readonly #maxStates: number;
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #seen: Int32Array;
  #round = 0;
  #keptSteps = 0;

  constructor(program: Program, alphabet: Alphabet, options: AutomatonOptions) {
    this.#program = program;
    this.#alphabet = alphabet;
    this.#options = options;
    this.#knowsWords = program.asserts.has("word") || program.asserts.has("notWord");
    this.#knowsStart = program.asserts.has("start");
    this.#maxStates = Math.max(FEWEST_STATES, Math.floor(options.maxCells / alphabet.classes));
    this.#seen = new Int32Array(program.steps.length);
    this.table = new Int32Array(FEWEST_STATES * alphabet.classes).fill(UNKNOWN);
    this.#begin();
  }

  /** The state at which a text begins that stands behind a symbol of this class. */
  beginAfter(symbolClass: number): number {
    const { kinds, endClass } = this.#alphabet;
    const before = symbolClass === endClass ? EDGE : kinds[symbolClass] ?? OTHER;
    const steps = this.#options.isAnchored ? [this.#program.start] : [];
    const known = this.#stateOf(steps, before);
    if (known >= 0) return known;
    this.#begin();
    return this.#stateOf(steps, before);
  }

  /** The transition, which is made where the table does not have it yet. Below -1 it ends a match. */
  follow(state: number, symbolClass: number): number {
    const known = this.table[state + symbolClass] ?? UNKNOWN;
    return known === UNKNOWN ? this.#make(state, symbolClass) : known;
  }

  static isMatch(transition: number): boolean {
    return transition <= FIRST_MATCH;
  }

  /** The state after a transition. */
  static passed(transition: number): number {
    return transition <= FIRST_MATCH ? FIRST_MATCH - transition : transition;
  }

  /** True where nothing can match any more. */
  isDead(state: number): boolean {
    return this.#options.isAnchored && this.#states[state / this.#alphabet.classes]?.steps.length === 0;
  }

  #begin(): void {
    this.table.fill(UNKNOWN);
    this.#states.length = 0;
    this.#numbers.clear();
    this.#keptSteps = 0;
    const { start } = this.#program;
    this.#stateOf(this.#options.isAnchored ? [start] : [], EDGE);
  }

  #make(state: number, symbolClass: number): number {
    const { classes, kinds, endClass } = this.#alphabet;
    const from = this.#states[state / classes];
    if (from === undefined) throw new RangeError("There is no such state");
    const after = kinds[symbolClass] ?? OTHER;
    const { targets, hasMatched } = this.#advance(from, symbolClass, after);
    const before = after === MAYBE_END ? OTHER : after;
    let isKept = true;
    let next = symbolClass === endClass ? this.initial : this.#stateOf(targets, before);
    if (next < 0) {
      this.#begin();
      isKept = false; // the state that it comes from is forgotten
      next = this.#stateOf(targets, before);
    }
    const transition = hasMatched ? FIRST_MATCH - next : next;
    if (isKept) this.table[state + symbolClass] = transition;
    return transition;
  }

  /** Follows all steps up to those that ask for a symbol, and over those that this one satisfies. */
  #advance({ steps, before }: State, symbolClass: number, after: SymbolKind) {
    const program = this.#program;
    const round = ++this.#round;
    const stack = this.#options.isAnchored ? [...steps] : [...steps, program.start];
    const targets: number[] = [];
    let hasMatched = false;
    for (let number = stack.pop(); number !== undefined; number = stack.pop()) {
      if (this.#seen[number] === round) continue;
      this.#seen[number] = round;
      this.work++;
      const step: Step | undefined = program.steps[number];
      if (step === undefined) continue;
      if (step.kind === "match") hasMatched = true;
      else if (step.kind === "fork") stack.push(step.next, step.other);
      else if (step.kind === "assert") {
        if (holds(step.what, before, after)) stack.push(step.next);
      } else if (this.#alphabet.belongs(symbolClass, step.set)) targets.push(step.next);
    }
    return { targets, hasMatched };
  }

  /** Its place in the table; negative when there is no room for one more. */
  #stateOf(targets: number[], kind: SymbolKind): number {
    const before = this.#told(kind);
    const steps = [...new Set(targets)].sort((a, b) => a - b);
    const key = String.fromCharCode(before, ...steps);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const count = this.#states.length;
    if (count >= this.#maxStates || this.#keptSteps + steps.length > MAX_KEPT_STEPS + this.#seen.length) return -1;
    const { classes } = this.#alphabet;
    if ((count + 1) * classes > this.table.length) this.#grow();
    const number = count * classes;
    this.#states.push({ steps, before });
    this.#numbers.set(key, number);
    this.#keptSteps += steps.length;
    return number;
  }

  /** What stands before makes no difference to who does not ask. */
  #told(kind: SymbolKind): SymbolKind {
    if (kind === EDGE) return this.#knowsStart ? EDGE : OTHER;
    return kind === WORD && this.#knowsWords ? WORD : OTHER;
  }

  #grow(): void {
    const larger = new Int32Array(this.table.length * 2).fill(UNKNOWN);
    larger.set(this.table);
    this.table = larger;
  }
}

function holds(what: Assertion, before: SymbolKind, after: SymbolKind): boolean {
  switch (what) {
    case "start":
      return before === EDGE;
    case "end":
      return after === EDGE || after === MAYBE_END;
    case "word":
      return (before === WORD) !== (after === WORD);
    case "notWord":
      return (before === WORD) === (after === WORD);
  }
}

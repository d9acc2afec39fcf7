import { AppError } from "../errors.ts";
import type { CharSet } from "./char_set.ts";
import type { Assertion, PatternNode } from "./syntax.ts";

/** One step of a pattern: what it asks for, and where it goes on. */
export type Step =
  | { readonly kind: "symbol"; readonly set: number; readonly next: number }
  | { readonly kind: "fork"; readonly next: number; readonly other: number }
  | { readonly kind: "assert"; readonly what: Assertion; readonly next: number }
  | { readonly kind: "match" };

/** A pattern as steps that are followed all at once: https://swtch.com/~rsc/regexp/regexp1.html tells why. */
export interface Program {
  readonly steps: readonly Step[];
  readonly sets: readonly CharSet[];
  readonly start: number;
  readonly asserts: ReadonlySet<Assertion>;
}

/** Each symbol costs time in proportion to this at worst. */
const MAX_STEPS = 5_000;
const MATCH = 0;

export function compile(node: PatternNode): Program {
  const compiler = new Compiler();
  const start = compiler.add(node, MATCH);
  return { steps: compiler.steps, sets: compiler.sets, start, asserts: compiler.asserts };
}

/** From the end to the beginning, so that each step knows where it goes on. */
class Compiler {
  readonly steps: Step[] = [{ kind: "match" }];
  readonly sets: CharSet[] = [];
  readonly asserts = new Set<Assertion>();
  readonly #setNumbers = new Map<string, number>();

  /** Gives the step with which it begins. */
  add(node: PatternNode, next: number): number {
    switch (node.kind) {
      case "set":
        return this.#push({ kind: "symbol", set: this.#numberOf(node.set), next });
      case "assert":
        this.asserts.add(node.what);
        return this.#push({ kind: "assert", what: node.what, next });
      case "sequence":
        return node.parts.reduceRight((after, part) => this.add(part, after), next);
      case "choice": {
        const [first = next, ...others] = node.options.map((option) => this.add(option, next));
        return others.reduce((entry, other) => this.#push({ kind: "fork", next: entry, other }), first);
      }
      case "repeat":
        return this.#repeat(node, next);
    }
  }

  #repeat({ part, min, max }: Extract<PatternNode, { kind: "repeat" }>, next: number): number {
    let entry = next;
    if (max === Infinity) {
      const loop = this.#push({ kind: "fork", next, other: next });
      const body = this.add(part, loop);
      this.steps[loop] = { kind: "fork", next: body, other: next };
      entry = min === 0 ? loop : body;
    } else {
      for (let count = min; count < max; count++) {
        entry = this.#push({ kind: "fork", next: this.add(part, entry), other: next });
      }
    }
    const copies = max === Infinity ? min - 1 : min;
    for (let count = 0; count < copies; count++) entry = this.add(part, entry);
    return entry;
  }

  #push(step: Step): number {
    if (this.steps.length >= MAX_STEPS) {
      const remedy = "repeat less, or write fewer alternatives";
      throw new AppError("invalid_input", `Cannot search by this pattern: it is too large; ${remedy}`);
    }
    return this.steps.push(step) - 1;
  }

  #numberOf(set: CharSet): number {
    const key = set.join();
    let number = this.#setNumbers.get(key);
    if (number === undefined) {
      number = this.sets.push(set) - 1;
      this.#setNumbers.set(key, number);
    }
    return number;
  }
}

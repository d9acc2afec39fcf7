import { AppError } from "../errors.ts";
import { withoutCase } from "./case_fold.ts";
import { type CharSet, EVERYTHING } from "./char_set.ts";
import { readClass, readEscape } from "./escapes.ts";
import { NOTHING, oneOf, type PatternNode } from "./syntax.ts";
import { TextCursor } from "./text_cursor.ts";

const MAX_DEPTH = 100;
const MAX_REPEATS = 1_000;
const QUANTIFIER = /^\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/;
/** What would need more than one look at each character. */
const LOOKAROUND = ["?=", "?!", "?<=", "?<!"];

/**
 * Reads a regular expression: that of JavaScript without backreferences and lookaround, with `.` for any character of a
 * line, with the `[:digit:]` of POSIX, and with braces and brackets that mean nothing standing for themselves.
 */
export function parsePattern(text: string, ignoreCase: boolean): PatternNode {
  const parser = new Parser(text, ignoreCase);
  return parser.parse();
}

class Parser {
  readonly #cursor: TextCursor;
  #ignoreCase: boolean;
  #depth = 0;

  constructor(text: string, ignoreCase: boolean) {
    this.#cursor = new TextCursor(text);
    this.#ignoreCase = ignoreCase;
  }

  parse(): PatternNode {
    if (this.#cursor.take("(?i)")) this.#ignoreCase = true;
    const node = this.#choice();
    if (!this.#cursor.isAtEnd) throw this.#cursor.problem("this ) has no ( before it; write \\) for the character");
    return node;
  }

  #choice(): PatternNode {
    if (++this.#depth > MAX_DEPTH) throw new AppError("invalid_input", "The pattern has too many groups in each other");
    const options = [this.#sequence()];
    while (this.#cursor.take("|")) options.push(this.#sequence());
    this.#depth--;
    return options.length === 1 ? options[0] ?? NOTHING : { kind: "choice", options };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.#cursor.isAtEnd && !this.#cursor.isAt("|") && !this.#cursor.isAt(")")) parts.push(this.#quantified());
    return parts.length === 1 ? parts[0] ?? NOTHING : { kind: "sequence", parts };
  }

  #quantified(): PatternNode {
    if (this.#cursor.isAt("*") || this.#cursor.isAt("+") || this.#cursor.isAt("?") || this.#cursor.match(QUANTIFIER)) {
      throw this.#cursor.problem("there is nothing before it to repeat; write \\ before the character itself");
    }
    let node = this.#atom();
    for (let bounds = this.#quantifier(); bounds !== null; bounds = this.#quantifier()) {
      const { min, max } = bounds;
      if (max < min || min > MAX_REPEATS || (max !== Infinity && max > MAX_REPEATS)) {
        throw this.#cursor.problem(`{n,m} takes numbers up to ${MAX_REPEATS}, the smaller one first`);
      }
      node = { kind: "repeat", part: node, min, max };
    }
    return node;
  }

  #quantifier(): { readonly min: number; readonly max: number } | null {
    const bounds = this.#bounds();
    if (bounds !== null) this.#cursor.take("?"); // whether as few as possible makes no difference to what matches
    return bounds;
  }

  #bounds(): { readonly min: number; readonly max: number } | null {
    const { take, takeMatch } = this.#cursor;
    if (take("*")) return { min: 0, max: Infinity };
    if (take("+")) return { min: 1, max: Infinity };
    if (take("?")) return { min: 0, max: 1 };
    const found = takeMatch(QUANTIFIER);
    if (found === null) return null;
    const [, min, comma, max] = found;
    return {
      min: Number(min),
      max: comma === undefined ? Number(min) : max === undefined ? Infinity : Number(max),
    };
  }

  #atom(): PatternNode {
    const cursor = this.#cursor;
    if (cursor.take("(")) return this.#group();
    if (cursor.take("[")) return this.#set(readClass(cursor, this.#ignoreCase), false);
    if (cursor.take(".")) return this.#set(EVERYTHING, false);
    if (cursor.take("^")) return { kind: "assert", what: "start" };
    if (cursor.take("$")) return { kind: "assert", what: "end" };
    if (cursor.take("\\b")) return { kind: "assert", what: "word" };
    if (cursor.take("\\B")) return { kind: "assert", what: "notWord" };
    if (cursor.take("\\")) return this.#set(readEscape(cursor), true);
    return this.#set(oneOf(cursor.next()), true);
  }

  #set(set: CharSet, mayFold: boolean): PatternNode {
    return { kind: "set", set: mayFold && this.#ignoreCase ? withoutCase(set) : set };
  }

  #group(): PatternNode {
    const cursor = this.#cursor;
    if (LOOKAROUND.some((sign) => cursor.isAt(sign))) {
      throw cursor.problem("lookahead and lookbehind are not supported: matching takes linear time");
    }
    if (!cursor.take("?:") && cursor.takeMatch(/^\?<[\p{L}_$][\p{L}\p{N}_$]*>/u) === null && cursor.isAt("?")) {
      throw cursor.problem("of groups there are ( ), (?: ), (?<name> ), and (?i) at the very beginning");
    }
    const node = this.#choice();
    if (!cursor.take(")")) throw cursor.problem("a ) is missing; write \\( for the character");
    return node;
  }
}

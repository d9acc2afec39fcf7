import { AppError } from "../errors.ts";
import { Alphabet } from "./alphabet.ts";
import { Automaton } from "./automaton.ts";
import { requiredText, textOfPattern, toBytes } from "./bytes.ts";
import { withoutCase } from "./case_fold.ts";
import { LineFinder } from "./line_finder.ts";
import { Needle } from "./needle.ts";
import { parsePattern } from "./parser.ts";
import { compile } from "./program.ts";
import { oneOf, type PatternNode } from "./syntax.ts";
import { type Span, TextFinder } from "./text_finder.ts";

export interface PatternOptions {
  /** Whether the text is a regular expression, or what is to be found as it stands. */
  readonly isRegex: boolean;
  readonly ignoreCase: boolean;
}

const LINE_FEED = 0x0a;
const LAST_ASCII = 0x7f;
const CARRIAGE_RETURN = 0x0d;
const MAX_BYTE_CELLS = 512 * 1024;
/** A needle that is shorter than this is in so many lines that looking for it first costs more than it saves. */
const SHORTEST_NEEDLE = 3;

/**
 * What to look for in lines, in time linear in their length whatever the pattern is. `LineFinder` finds lines in bytes
 * that may match, `mustConfirm` says of which that is not certain, and `test` is what is.
 */
export class Pattern {
  readonly #node: PatternNode;
  readonly #text: TextFinder;
  /** Its bytes, where it is nothing but a text. */
  readonly #whole: Uint8Array | null;

  /** Throws `invalid_input` for what is no pattern, or one that would be too large. */
  constructor(text: string, { isRegex, ignoreCase }: PatternOptions) {
    this.#node = isRegex ? parsePattern(text, ignoreCase) : textPattern(text, ignoreCase);
    this.#text = new TextFinder(this.#node);
    this.#whole = textOfPattern(this.#node);
  }

  test(text: string): boolean {
    const testing = this.testInParts(text);
    for (;;) {
      const { done, value } = testing.next();
      if (done === true) return value;
    }
  }

  /** The same, with undefined where it has worked for long: whoever must not keep others waiting can go on later. */
  testInParts(text: string): Generator<undefined, boolean> {
    return this.#text.test(text);
  }

  /** What of a text matches, without empty matches; so many at most. */
  spans(text: string, max: number): Span[] {
    return this.#text.spans(text, max);
  }

  lineFinder(): LineFinder {
    const required = requiredText(this.#node);
    const needle = this.#whole ?? (required !== null && required.length >= SHORTEST_NEEDLE ? required : null);
    const program = compile(toBytes(this.#node));
    const alphabet = new Alphabet(program, { end: LINE_FEED, maybeEnd: CARRIAGE_RETURN });
    return new LineFinder({
      automaton: new Automaton(program, alphabet, { isAnchored: false, maxCells: MAX_BYTE_CELLS }),
      alphabet,
      needle: needle && new Needle(needle),
      isNeedleAll: this.#whole !== null,
    });
  }

  /** Whether a line that was found by its bytes may not match after all. */
  mustConfirm(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#whole !== null) return false;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0;
      if (byte > LAST_ASCII || byte === CARRIAGE_RETURN) return true;
    }
    return false;
  }
}

function textPattern(text: string, ignoreCase: boolean): PatternNode {
  if (text.includes("\n")) throw new AppError("invalid_input", "Cannot search for a text of several lines");
  const parts = Array.from(text.toWellFormed(), (character): PatternNode => {
    const set = oneOf(character.codePointAt(0) ?? 0);
    return { kind: "set", set: ignoreCase ? withoutCase(set) : set };
  });
  return { kind: "sequence", parts };
}

import { AppError } from "../errors.ts";

/** Where in a pattern its reader is. */
export class TextCursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  readonly isAt = (sign: string): boolean => this.#text.startsWith(sign, this.#at);

  /** Goes on behind the sign if it is there. */
  readonly take = (sign: string): boolean => {
    const isThere = this.isAt(sign);
    if (isThere) this.#at += sign.length;
    return isThere;
  };

  match(expression: RegExp): RegExpExecArray | null {
    return expression.exec(this.#text.slice(this.#at));
  }

  /** The same, by an expression that begins with ^. */
  readonly takeMatch = (expression: RegExp): RegExpExecArray | null => {
    const found = this.match(expression);
    if (found !== null) this.#at += found[0].length;
    return found;
  };

  /** The next character; it is an error that there is none. */
  next(): number {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw this.problem("it ends too early");
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  problem(why: string): AppError {
    const message = `Cannot search by this pattern: at character ${this.#at + 1}, ${why}`;
    return new AppError("invalid_input", message);
  }
}

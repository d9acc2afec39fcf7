const REDACTED = "[redacted]";

/**
 * A value that must not be seen: however it is printed, logged, interpolated or serialised, it reads `[redacted]`.
 * Only `reveal()` gives the text, so every use of a secret can be found by that one word.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for("Deno.customInspect")](): string {
    return REDACTED;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}

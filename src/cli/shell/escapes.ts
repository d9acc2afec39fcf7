/** What a user says to this command and not to the shell, at the beginning of a line. */
export type Escape = "leave" | "help";

export interface Typed {
  /** For the shell. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What was asked for after these; what was typed behind it has not been looked at. */
  readonly escape: Escape | null;
  readonly rest: Uint8Array<ArrayBuffer>;
}

const [TILDE, DOT, QUESTION, NEWLINE, RETURN] = [0x7e, 0x2e, 0x3f, 0x0a, 0x0d];
const NOTHING = new Uint8Array();

export const ESCAPE_HELP: readonly string[] = [
  "At the beginning of a line:",
  "  ~.   leave; the terminal goes on, and you can come back to it",
  "  ~?   this help",
  "  ~~   a ~ for the shell",
];

/** Finds `~.` and `~?` after a line break in what is typed, as ssh does. A `~` waits for what follows it. */
export class EscapeReader {
  #isAtStart = true;
  #isHeld = false;

  read(typed: Uint8Array<ArrayBuffer>): Typed {
    const bytes: number[] = [];
    for (const [at, byte] of typed.entries()) {
      if (this.#isHeld) {
        this.#isHeld = false;
        if (byte === DOT || byte === QUESTION) {
          this.#isAtStart = true;
          return {
            bytes: Uint8Array.from(bytes),
            escape: byte === DOT ? "leave" : "help",
            rest: typed.subarray(at + 1),
          };
        }
        bytes.push(TILDE);
        this.#isAtStart = false;
        if (byte === TILDE) continue;
      } else if (this.#isAtStart && byte === TILDE) {
        this.#isHeld = true;
        continue;
      }
      bytes.push(byte);
      this.#isAtStart = byte === NEWLINE || byte === RETURN;
    }
    return { bytes: Uint8Array.from(bytes), escape: null, rest: NOTHING };
  }
}

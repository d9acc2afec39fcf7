/**
 * What programs have switched on in the user's terminal, so that it can be switched off when he leaves in the middle of one: the
 * other screen of vim, the mouse of htop. Only DEC's private modes are looked at, `ESC [ ? numbers h` and `l`, and whether the
 * keypad and the colours are as they were.
 */

/** Those that are off in a shell that waits, or on where that is said. */
const OFF: readonly number[] = [1, 5, 9, 47, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1047, 1048, 1049, 2004];
const ON: readonly number[] = [7, 25];
const ESCAPE = 0x1b;
/** No sequence of these is longer; what is, is none of them. */
const MAX_LENGTH = 32;
const KEYPAD_OFF = "\x1b>";
const PLAIN = "\x1b[0m";

export class ScreenModes {
  readonly #changed = new Set<number>();
  #sequence = "";
  #isKeypadOn = false;

  /** Takes output in, in whatever pieces it comes. */
  see(bytes: Uint8Array): void {
    for (let at = this.#sequence === "" ? bytes.indexOf(ESCAPE) : 0; at !== -1 && at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === ESCAPE) this.#sequence = "\x1b";
      else this.#take(byte);
      if (this.#sequence !== "") continue;
      const next = bytes.indexOf(ESCAPE, at + 1);
      if (next === -1) return;
      at = next - 1;
    }
  }

  /** What puts the terminal right. */
  reset(): string {
    const modes = [...this.#changed].sort((a, b) => b - a);
    const text = modes.map((mode) => `\x1b[?${mode}${ON.includes(mode) ? "h" : "l"}`).join("");
    return text + (this.#isKeypadOn ? KEYPAD_OFF : "") + PLAIN;
  }

  #take(byte: number): void {
    this.#sequence += String.fromCharCode(byte);
    const [, second, third] = this.#sequence;
    if (second === "=" || second === ">") this.#isKeypadOn = second === "=";
    else if (second === "c") this.#changed.clear(); // all is as after switching it on
    else if (second === "[" && (third === undefined || third === "?")) {
      const isOpen = this.#sequence.length < 4 || /[\d;]$/.test(this.#sequence);
      if (isOpen && this.#sequence.length < MAX_LENGTH) return;
      this.#switch(/^\?([\d;]+)([hl])$/.exec(this.#sequence.slice(2)));
    }
    this.#sequence = "";
  }

  #switch(found: RegExpExecArray | null): void {
    const [, numbers = "", letter] = found ?? [];
    for (const mode of numbers.split(";").map(Number)) {
      const isOdd = (letter === "h" && OFF.includes(mode)) || (letter === "l" && ON.includes(mode));
      if (isOdd) this.#changed.add(mode);
      else this.#changed.delete(mode);
    }
  }
}

import { AppError } from "../../core/mod.ts";
import type { Keyboard, Terminal, TerminalSize } from "../output.ts";
import { type Line, paintLine } from "./lines.ts";

const ENTER = "\x1b[?1049h\x1b[?25l"; // the alternate screen, without a cursor
const LEAVE = "\x1b[?25h\x1b[?1049l";
const CLEAR = "\x1b[2J";
const CLEAR_LINE = "\x1b[2K";
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** The whole of a terminal for as long as it is open. What was on it before comes back when it is closed. */
export class Screen implements Disposable {
  readonly #terminal: Terminal;
  readonly #keyboard: Keyboard;
  readonly #colour: boolean;
  #isOpen = false;
  /** What stands there, line by line; only what has changed is written. */
  #shown: readonly string[] = [];
  #size: TerminalSize | undefined;

  constructor(terminal: Terminal, keyboard: Keyboard, { colour }: { colour: boolean }) {
    this.#terminal = terminal;
    this.#keyboard = keyboard;
    this.#colour = colour;
  }

  open(): void {
    this.#isOpen = true;
    this.#keyboard.setRaw(true);
    this.#terminal.stdout(ENTER);
  }

  /** A terminal that was never told its size says that it has none. */
  get size(): TerminalSize {
    const { columns, rows } = this.#terminal.size?.() ?? DEFAULT_SIZE;
    return columns > 0 && rows > 0 ? { columns, rows } : DEFAULT_SIZE;
  }

  /** Shows what `linesOf` makes of the size that there is now. */
  draw(linesOf: (size: TerminalSize) => readonly Line[]): void {
    if (!this.#isOpen) return;
    const { columns, rows } = this.size;
    let text = "";
    if (columns !== this.#size?.columns || rows !== this.#size.rows) {
      this.#size = { columns, rows };
      this.#shown = [];
      text = CLEAR;
    }
    const lines = linesOf(this.#size).slice(0, rows).map((line) => paintLine(line, columns, this.#colour));
    for (let row = 0; row < Math.max(lines.length, this.#shown.length); row++) {
      const line = lines[row] ?? "";
      // Cleared first: after the last column, the terminal would clear that.
      if (line !== (this.#shown[row] ?? "")) text += `\x1b[${row + 1};1H${CLEAR_LINE}${line}`;
    }
    this.#shown = lines;
    if (text !== "") this.#terminal.stdout(text);
  }

  /** The next keys; rejects once the terminal has been closed. */
  async read(): Promise<Uint8Array> {
    const bytes = await this.#keyboard.read();
    if (bytes === null) throw new AppError("cancelled", "The terminal has been closed");
    return bytes;
  }

  onResize(act: () => void): () => void {
    return this.#keyboard.onResize(act);
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#terminal.stdout(LEAVE);
    } finally {
      this.#keyboard.setRaw(false);
    }
  }
}

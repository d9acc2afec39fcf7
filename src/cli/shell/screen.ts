import type { Clock } from "../../core/mod.ts";
import { currentOs } from "../../platform/mod.ts";
import { TERMINAL_LIMITS } from "../../protocol/mod.ts";
import { type Keyboard, styled, type Terminal, type TerminalSize } from "../output.ts";
import { ScreenModes } from "./screen_modes.ts";

/** The user's own terminal while a shell elsewhere has it. */
export interface ShellScreen {
  readonly size: TerminalSize;
  /** Bytes as they are; false once nobody looks. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** A line of this command's own, among what the shell prints. */
  note(text: string): void;
  /** What the next keys send; null once the terminal is gone. */
  read(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Calls back when the size has changed, until the returned function is called. */
  onResize(act: () => void): () => void;
}

const USUAL_SIZE: TerminalSize = { columns: 80, rows: 24 };
/** Where the system does not tell of a new size, it is asked for. */
const ASK_SIZE_MS = 500;

export class UserScreen implements ShellScreen, Disposable {
  readonly #terminal: Terminal;
  readonly #keyboard: Keyboard;
  readonly #colour: boolean;
  readonly #clock: Clock;
  readonly #modes = new ScreenModes();
  #isOpen = false;
  /** Has line feeds begin lines again. */
  #cook: (() => void) | null = null;

  constructor(terminal: Terminal, keyboard: Keyboard, { colour, clock }: { colour: boolean; clock: Clock }) {
    this.#terminal = terminal;
    this.#keyboard = keyboard;
    this.#colour = colour;
    this.#clock = clock;
  }

  /** From now on every key is the shell's. */
  open(): void {
    this.#isOpen = true;
    this.#keyboard.setRaw(true);
    this.#cook = this.#terminal.rawOutput?.() ?? null;
  }

  /** A terminal that was never told its size says that it has none. */
  get size(): TerminalSize {
    const { columns, rows } = this.#terminal.size?.() ?? USUAL_SIZE;
    return columns > 0 && rows > 0 ? { columns: bounded(columns), rows: bounded(rows) } : USUAL_SIZE;
  }

  async write(bytes: Uint8Array): Promise<boolean> {
    this.#modes.see(bytes);
    if (this.#terminal.writeBytes !== undefined) return await this.#terminal.writeBytes(bytes);
    this.#terminal.stdout(new TextDecoder().decode(bytes));
    return true;
  }

  note(text: string): void {
    const line = `[${text}]`;
    const lineEnd = this.#isOpen ? "\r\n" : "\n"; // what is raw returns no carriage by itself
    this.#terminal.stderr(`${this.#isOpen ? "\r" : ""}${this.#colour ? styled(line, "dim") : line}${lineEnd}`);
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.#keyboard.read();
    return bytes === null ? null : Uint8Array.from(bytes);
  }

  onResize(act: () => void): () => void {
    if (currentOs() !== "windows") return this.#keyboard.onResize(act);
    const asking = new AbortController();
    void this.#askSize(act, asking.signal);
    return () => asking.abort();
  }

  /** Whatever was going on, the terminal is as it was. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#terminal.stdout(this.#modes.reset());
    } finally {
      this.#cook?.();
      this.#keyboard.setRaw(false);
    }
  }

  async #askSize(act: () => void, signal: AbortSignal): Promise<void> {
    let { columns, rows } = this.size;
    while (!signal.aborted) {
      await this.#clock.sleep(ASK_SIZE_MS, signal).catch(() => {}); // it ends
      const now = this.size;
      if (signal.aborted || (now.columns === columns && now.rows === rows)) continue;
      ({ columns, rows } = now);
      act();
    }
  }
}

function bounded(side: number): number {
  return Math.min(TERMINAL_LIMITS.maxSide, Math.max(TERMINAL_LIMITS.minSide, side));
}

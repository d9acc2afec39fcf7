import { type AppError, type Duration, toAppError } from "../core/mod.ts";

/** Where the command line writes, and what it may assume about the reader. Injected, so that tests can read it. */
export interface Terminal {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly isTerminal: boolean;
  /** True once nobody reads what is written, as when `head` has seen enough. */
  isClosed?(): boolean;
  /** Writes bytes as they are, without waiting in the way of anything else; false once nobody reads them. */
  writeBytes?(bytes: Uint8Array): Promise<boolean>;
  /** Has it print line feeds as they are, until the returned function is called; null where that cannot be had. */
  rawOutput?(): (() => void) | null;
  /** Where it is a terminal that tells its size. */
  size?(): TerminalSize | undefined;
  /** Where there is somebody at keys, too. */
  readonly keyboard?: Keyboard;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Keyboard {
  /** Keys arrive one by one and unseen; what would be an interrupt arrives as a key. */
  setRaw(raw: boolean): void;
  /** What the next keys send; null once the terminal has been closed. */
  read(): Promise<Uint8Array | null>;
  /** Calls back when the terminal's size has changed, until the returned function is called. */
  onResize(act: () => void): () => void;
}

const SGR = { bold: 1, dim: 2, reverse: 7, red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const;
export type Style = keyof typeof SGR;
export type Paint = (text: string) => string;

/** Text with the codes that make a terminal show it so. */
export function styled(text: string, style: Style): string {
  return `\x1b[${SGR[style]}m${text}\x1b[0m`;
}

/** What may stand in JSON as it is, and yet would act on a terminal that it is printed on. */
const ACTIVE_IN_JSON = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text for people, JSON for programs; colour only on a terminal. */
export class Output {
  readonly #terminal: Terminal;
  readonly json: boolean;
  readonly colour: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;

  constructor(terminal: Terminal, { json, colour }: { json: boolean; colour: boolean }) {
    this.#terminal = terminal;
    this.json = json;
    this.colour = colour;
    const paint = (style: Style): Paint => (text) => colour ? styled(text, style) : text;
    this.bold = paint("bold");
    this.dim = paint("dim");
    this.red = paint("red");
    this.green = paint("green");
    this.yellow = paint("yellow");
  }

  line(text = ""): void {
    this.#terminal.stdout(`${text}\n`);
  }

  /** A remark that is not the answer: it goes to stderr, so that pipes see only the answer. */
  note(text: string): void {
    this.#terminal.stderr(`${text}\n`);
  }

  data(value: unknown): void {
    this.line(JSON.stringify(value, null, 2).replaceAll(ACTIVE_IN_JSON, escaped));
  }

  /** One of many values that are printed as they come: JSON on a line of its own. */
  record(value: unknown): void {
    this.line(JSON.stringify(value).replaceAll(ACTIVE_IN_JSON, escaped));
  }

  /** Prints `value` as JSON where that was asked for, otherwise what `text` prints. */
  either(value: unknown, text: () => void): void {
    if (this.json) this.data(value);
    else text();
  }

  error(thrown: unknown): void {
    const error: AppError = toAppError(thrown);
    if (this.json) {
      const { number } = error.meaning;
      this.note(JSON.stringify({ code: number, msg: error.message, data: error.details ?? null }));
    } else this.note(`${this.red("error:")} ${error.message}`);
  }

  /** Two columns, the first as wide as its widest entry. */
  pairs(rows: readonly (readonly [label: string, value: string])[], indent = "  "): void {
    const width = Math.max(...rows.map(([label]) => label.length));
    for (const [label, value] of rows) this.line(`${indent}${this.dim(label.padEnd(width))}  ${value}`);
  }

  /** Aligned columns under a heading. Cells are padded before they are painted. */
  table(heading: readonly string[], rows: readonly (readonly string[])[], paintCell?: CellPaint): void {
    const widths = heading.map((title, column) =>
      Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length))
    );
    const pad = (cells: readonly string[]) =>
      cells.map((cell, column) => column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0));
    this.line(this.dim(pad(heading).join("  ").trimEnd()));
    for (const row of rows) {
      const cells = pad(row).map((padded, column) => paintCell?.(column, row[column] ?? "")?.(padded) ?? padded);
      this.line(cells.join("  ").trimEnd());
    }
  }
}

function escaped(character: string): string {
  const unit = (index: number) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  return character.length === 1 ? unit(0) : unit(0) + unit(1);
}

export type CellPaint = (column: number, text: string) => Paint | undefined;

/** A duration for reading, not for parsing back: at most two units, `3h12m`, `45s`. */
export function roughly(duration: Duration): string {
  const seconds = Math.floor(duration.ms / 1000);
  const units: [number, string][] = [[86_400, "d"], [3_600, "h"], [60, "m"], [1, "s"]];
  const first = units.findIndex(([size]) => seconds >= size);
  if (first < 0) return "0s";
  let rest = seconds;
  let text = "";
  for (const [size, unit] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** Local time to the second, `2026-03-01 14:05:09`. */
export function localTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

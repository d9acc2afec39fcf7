/**
 * asciicast v2, https://docs.asciinema.org/manual/asciicast/v2/: a line of JSON for the whole, then one for each event, `[seconds,
 * code, text]`. Pure: bytes and times go in, lines come out.
 */

export interface CastHead {
  readonly cols: number;
  readonly rows: number;
  readonly startedMs: number;
  readonly title: string;
  /** What players pass over, and the index is made good with. */
  readonly farhand: CastOrigin;
}

/** Where a recording is from. */
export interface CastOrigin {
  readonly hostId: string;
  readonly host: string;
  readonly terminalId: string;
  readonly actor: string;
}

type Code = "o" | "r" | "m";

/** In how many parts of a second times are told. */
const TIME_PARTS = 1_000_000;

export function castHead({ cols, rows, startedMs, title, farhand }: CastHead): string {
  const timestamp = Math.floor(startedMs / 1_000);
  return lineOf({ version: 2, width: cols, height: rows, timestamp, title, farhand });
}

/**
 * What a terminal shows, as events. Each byte of its output is told once, however often it comes: what every guest is sent is the
 * same output, told apart by its positions. What never came is marked.
 */
export class CastEvents {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #position: number;
  #hasBegun = false;
  #cols: number;
  #rows: number;

  constructor(from: { readonly position: number; readonly cols: number; readonly rows: number }) {
    this.#position = from.position;
    this.#cols = from.cols;
    this.#rows = from.rows;
  }

  /** Up to where the output has been taken in. */
  get position(): number {
    return this.#position;
  }

  /** Whether there was any. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  output(atMs: number, position: number, bytes: Uint8Array): string[] {
    const end = position + bytes.length;
    if (bytes.length === 0 || end <= this.#position) return [];
    const lines = position > this.#position ? this.#gap(atMs, position) : [];
    const fresh = bytes.subarray(Math.max(0, this.#position - position));
    this.#position = end;
    this.#hasBegun = true;
    return [...lines, ...outputLine(atMs, this.#decoder.decode(fresh, { stream: true }))];
  }

  resize(atMs: number, cols: number, rows: number): string[] {
    if (cols === this.#cols && rows === this.#rows) return [];
    this.#cols = cols;
    this.#rows = rows;
    return [eventLine(atMs, "r", `${cols}x${rows}`)];
  }

  /** What is left of a character that was not whole, and why it has ended where that is not plain. */
  end(atMs: number, marker: string | null): string[] {
    const rest = outputLine(atMs, this.#decoder.decode());
    return marker === null ? rest : [...rest, eventLine(atMs, "m", marker)];
  }

  /** What was shown before the recording began is not missing from it. */
  #gap(atMs: number, position: number): string[] {
    if (!this.#hasBegun) return [];
    const rest = outputLine(atMs, this.#decoder.decode());
    return [...rest, eventLine(atMs, "m", `${position - this.#position} bytes are missing here`)];
  }
}

function outputLine(atMs: number, text: string): string[] {
  return text === "" ? [] : [eventLine(atMs, "o", text)];
}

function eventLine(atMs: number, code: Code, text: string): string {
  return lineOf([Math.round(atMs / 1_000 * TIME_PARTS) / TIME_PARTS, code, text]);
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

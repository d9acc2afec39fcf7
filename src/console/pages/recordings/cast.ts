/**
 * A recording in asciicast v2: a line with what it is, then lines of `[seconds, kind, text]`. It comes over the network in
 * any parts and may have lost its end, so what cannot be read is counted and left out.
 */

export interface CastHeader {
  readonly cols: number;
  readonly rows: number;
  /** When it began; absent where the recording does not say. */
  readonly startedMs?: number;
  readonly title: string;
}

export type CastEvent =
  | { readonly kind: "output"; readonly timeMs: number; readonly text: string }
  | { readonly kind: "resize"; readonly timeMs: number; readonly cols: number; readonly rows: number }
  | { readonly kind: "marker"; readonly timeMs: number; readonly text: string };

export interface Cast {
  readonly header: CastHeader;
  readonly events: readonly CastEvent[];
  /** Lines that could not be read. */
  readonly badLines: number;
  /** Whether there is more than is kept. */
  readonly isCut: boolean;
}

export interface CastLimits {
  readonly maxCharacters: number;
  readonly maxEvents: number;
}

/** What a browser can hold at ease. */
export const CAST_LIMITS: CastLimits = { maxCharacters: 64 * 1024 * 1024, maxEvents: 1_000_000 };

const MAX_SIDE = 1_000;
const MAX_TITLE = 200;
const DEFAULT_HEADER: CastHeader = { cols: 80, rows: 24, title: "" };

/** Takes a recording a part at a time. */
export class CastReader {
  readonly #limits: CastLimits;
  readonly #events: CastEvent[] = [];
  #header: CastHeader | null = null;
  #rest = "";
  #characters = 0;
  #badLines = 0;
  #isCut = false;
  #lastMs = 0;

  constructor(limits: CastLimits = CAST_LIMITS) {
    this.#limits = limits;
  }

  /** Whether no more is kept, so that nothing more need be fetched. */
  get isFull(): boolean {
    return this.#isCut;
  }

  /** Of what was kept. */
  get characters(): number {
    return this.#characters;
  }

  take(text: string): void {
    if (this.#isCut) return;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
    if (this.#rest.length > this.#limits.maxCharacters) this.#cut();
  }

  end(): Cast {
    // A recorder that was killed leaves half a line; a whole one without its line feed is as good as any.
    if (!this.#isCut && this.#rest.trim() !== "") this.#line(this.#rest);
    this.#rest = "";
    return {
      header: this.#header ?? DEFAULT_HEADER,
      events: this.#events,
      badLines: this.#badLines,
      isCut: this.#isCut,
    };
  }

  #line(line: string): void {
    if (line.trim() === "" || this.#isCut) return;
    const value = parse(line);
    if (this.#header === null) {
      this.#header = headerOf(value);
      return;
    }
    const event = eventOf(value);
    if (event === null) return void this.#badLines++;
    this.#characters += "text" in event ? event.text.length : 0;
    // Time does not run backwards, whatever the recorder's clock did.
    this.#lastMs = Math.max(this.#lastMs, event.timeMs);
    this.#events.push({ ...event, timeMs: this.#lastMs });
    const { maxCharacters, maxEvents } = this.#limits;
    if (this.#characters > maxCharacters || this.#events.length >= maxEvents) this.#cut();
  }

  #cut(): void {
    this.#isCut = true;
    this.#rest = "";
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // counted by whoever asked
  }
}

function headerOf(value: unknown): CastHeader {
  const given = typeof value === "object" && value !== null ? value as Readonly<Record<string, unknown>> : {};
  const { width, height, timestamp, title } = given;
  return {
    cols: side(width) ?? DEFAULT_HEADER.cols,
    rows: side(height) ?? DEFAULT_HEADER.rows,
    title: typeof title === "string" ? title.slice(0, MAX_TITLE) : "",
    ...typeof timestamp === "number" && Number.isFinite(timestamp) && { startedMs: timestamp * 1_000 },
  };
}

function eventOf(value: unknown): CastEvent | null {
  if (!Array.isArray(value)) return null;
  const [seconds, kind, text] = value as unknown[];
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds < 0 || typeof text !== "string") return null;
  const timeMs = Math.round(seconds * 1_000);
  if (kind === "o") return { kind: "output", timeMs, text };
  if (kind === "m") return { kind: "marker", timeMs, text: text.slice(0, MAX_TITLE) };
  const size = kind === "r" ? /^(\d{1,4})x(\d{1,4})$/.exec(text) : null;
  const [cols, rows] = [side(Number(size?.[1])), side(Number(size?.[2]))];
  return cols === null || rows === null ? null : { kind: "resize", timeMs, cols, rows };
}

function side(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_SIDE ? value : null;
}

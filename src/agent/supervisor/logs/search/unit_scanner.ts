import type { LineFinder, Pattern } from "../../../../core/mod.ts";
import type { SearchContextLine } from "../../../../protocol/mod.ts";
import { MAX_LINE_BYTES } from "../line_splitter.ts";
import type { Budget } from "./budget.ts";
import type { ForwardReader } from "./forward_reader.ts";
import type { LineTimes } from "./line_times.ts";
import type { LineWindow, Place } from "./line_window.ts";
import type { Pace } from "./pace.ts";
import type { SearchSizes } from "./search_query.ts";

/** A part of a log: the lines that begin in it. */
export interface Unit {
  readonly from: number;
  readonly to: number;
  /** Where the reading begins: before it, for what stands beside its first lines. */
  readonly readFrom: number;
  /** Whether a line begins there, or the rest of one whose beginning is gone. */
  readonly begins: "line" | "rest" | "unknown";
}

export interface ScannedLine {
  /** Logical offset of its beginning. */
  readonly at: number;
  readonly end: number;
  readonly timeMs: number | undefined;
  readonly text: string;
  readonly cut: boolean;
  readonly before: readonly SearchContextLine[];
  readonly after: readonly SearchContextLine[];
}

export interface ScanOptions {
  readonly pattern: Pattern;
  readonly finder: LineFinder;
  readonly window: LineWindow;
  readonly before: number;
  readonly after: number;
  readonly budget: Budget;
  readonly pace: Pace;
  readonly sizes: SearchSizes;
}

export interface ScanSink {
  /** Whether a line of this time, from one logical offset to another, is wanted at all. */
  wants(timeMs: number | undefined, at: number, end: number): boolean;
  /** How many lines of one part can be of use: the newest of it. */
  readonly room: number;
  add(line: ScannedLine): void;
  /** Told when the first lines are there; false when all of it is of no use. */
  begins(range: { readonly earliestMs: number; readonly latestMs: number } | null): boolean;
}

/** What comes after a match may take so much of the window. */
const AFTER_SHARE = 0.25;

/** Looks through one unit for lines that match. */
export class UnitScanner {
  readonly #options: ScanOptions;
  readonly #reader: ForwardReader;
  readonly #unit: Unit;
  readonly #times: LineTimes;
  readonly #sink: ScanSink;
  /** Whether what comes next is the rest of a line that began before. */
  #isInLine: boolean;
  #isBegun = false;

  constructor(options: ScanOptions, reader: ForwardReader, unit: Unit, times: LineTimes, sink: ScanSink) {
    this.#options = options;
    this.#reader = reader;
    this.#unit = unit;
    this.#times = times;
    this.#sink = sink;
    this.#isInLine = unit.begins === "unknown";
  }

  /** Looks through it; gives the chance to stop, and to tell how far it is, now and then. */
  async *scan(): AsyncGenerator<void, void> {
    const { window } = this.#options;
    window.reset(this.#unit.readFrom);
    while (!this.#isPast && !(window.isEnded && window.at >= window.end)) {
      await this.#fill();
      yield;
      if (!this.#findLine()) continue;
      const ready = this.#readyEnd();
      if (!this.#isBegun && (ready > window.at || window.isFull)) {
        this.#isBegun = true;
        if (!this.#sink.begins(this.#times.range(window.at))) return;
      }
      if (ready > window.at) await this.#look(ready);
      else if (window.isFull) yield* this.#longLine();
      window.compact();
    }
  }

  /** Whether all that follows belongs to the next unit. */
  get #isPast(): boolean {
    const { window } = this.#options;
    return window.offsetOf(this.#isInLine ? window.end : window.at) >= this.#unit.to;
  }

  /** Goes to a line of the unit; false when there is none in the window yet, or none at all. */
  #findLine(): boolean {
    const { window } = this.#options;
    if (this.#isInLine && !window.skipLine()) return false;
    this.#isInLine = false;
    const index = window.indexOf(this.#unit.from);
    if (index > window.at) {
      const at = window.lineFrom(index);
      if (at < 0) this.#passOver();
      else window.at = at;
      if (at < 0) return false;
    }
    return !this.#isPast;
  }

  /** Lets go of lines that begin before the unit; of one that is longer than the window, as far as it is there. */
  #passOver(): void {
    const { window } = this.#options;
    const whole = window.wholeEnd;
    if (whole > window.at) {
      window.at = whole;
      window.compact();
    } else if (window.isFull) {
      window.clear();
      this.#isInLine = true;
    }
  }

  /** As much as the window takes, and not much more than the unit has. */
  async #fill(): Promise<void> {
    const { window, budget, pace, sizes: { tailBytes } } = this.#options;
    while (!window.isFull && !window.isEnded) {
      const rest = this.#unit.to - window.offsetOf(window.end);
      budget.scannedBytes += await window.read(this.#reader, Math.max(rest, tailBytes));
      await pace.rest();
      if (rest <= tailBytes) return;
    }
  }

  /** Up to where lines can be looked at: they are whole, belong to the unit, and what comes after them is there. */
  #readyEnd(): number {
    const { window, after } = this.#options;
    const whole = window.wholeEnd;
    let ready = whole;
    if (after > 0 && !window.isEnded) {
      ready = Math.max(window.linesBack(whole, after), whole - Math.floor(window.bytes.length * AFTER_SHARE));
      ready = ready <= window.at ? (window.isFull ? whole : window.at) : window.lineFrom(ready);
    }
    const limit = window.lineFrom(window.indexOf(this.#unit.to));
    return limit < 0 ? ready : Math.min(ready, limit);
  }

  /** The newest lines first, so that no more of them are made than can be of use. */
  async #look(ready: number): Promise<void> {
    const { window, finder, pace } = this.#options;
    const found: number[] = [];
    for (const index of finder.find(window.bytes, window.at, ready)) {
      if (index === undefined) await pace.rest();
      else found.push(index);
    }
    // One more than can be of use shows that there are more.
    for (let left = this.#sink.room + 1, number = found.length - 1; left > 0 && number >= 0; number--) {
      const place = window.lineAround(found[number] ?? 0);
      const timeMs = this.#times.of(place);
      const [at, end] = [window.offsetOf(place.from), window.offsetOf(place.to + 1)];
      if (!this.#sink.wants(timeMs, at, end) || !await this.#isMatch(place)) continue;
      this.#sink.add(this.#line(place, timeMs));
      left--;
      await pace.rest();
    }
    window.at = ready;
  }

  async #isMatch(place: Place): Promise<boolean> {
    const { window, pattern, pace } = this.#options;
    if (!pattern.mustConfirm(window.bytes, place.from, place.to)) return true;
    const testing = pattern.testInParts(window.text(place, Infinity));
    for (let step = testing.next();; step = testing.next()) {
      if (step.done === true) return step.value;
      await pace.rest();
    }
  }

  #line(place: Place, timeMs: number | undefined): ScannedLine {
    const { window, before, after } = this.#options;
    const beside = (places: readonly Place[]) => places.map((each) => window.contextLine(each));
    const at = window.offsetOf(place.from);
    const isRest = this.#unit.begins === "rest" && at === this.#unit.from;
    const isTorn = this.#reader.isTorn && place.to === window.end;
    return {
      at,
      end: window.offsetOf(place.to + 1),
      timeMs,
      text: window.text(place),
      cut: isRest || isTorn || place.to - place.from > MAX_LINE_BYTES,
      before: before === 0 ? [] : beside(window.linesBetween(window.linesBack(place.from, before), place.from)),
      after: after === 0 ? [] : beside(window.linesAfter(place, after)),
    };
  }

  /** A line that is longer than the window: only its beginning is kept, and its bytes alone say whether it matches. */
  async *#longLine(): AsyncGenerator<void, void> {
    const { window, finder, pace } = this.#options;
    const place = { from: window.at, to: window.end };
    const timeMs = this.#times.of(place);
    const line = { ...this.#line(place, timeMs), cut: true, after: [] };
    finder.beginLine();
    for (let from = window.at;;) {
      const feed = window.bytes.subarray(0, window.end).indexOf(0x0a, from);
      const to = feed < 0 ? window.end : feed;
      for (const _ of finder.addToLine(window.bytes, from, to)) await pace.rest();
      if (feed >= 0 || window.isEnded) {
        window.first = window.at = feed < 0 ? window.end : feed + 1;
        break;
      }
      window.clear();
      await this.#fill();
      from = 0;
      yield;
    }
    if (finder.endLine() && this.#sink.room > 0 && this.#sink.wants(timeMs, line.at, window.offsetOf(window.at))) {
      this.#sink.add(line);
    }
  }
}

import type { TimeTable } from "../time_table.ts";
import { bestTime, TIME_CHARS, timeOfLine } from "./line_time.ts";
import type { LineWindow, Place } from "./line_window.ts";

export interface LogTimes {
  /** When what part of the log was written, as far as somebody watched. */
  readonly table: TimeTable;
  /** When it was last written. */
  readonly writtenMs: number;
}

/** So many lines before it a line's time is looked for. */
const MAX_LINES_BACK = 2_000;
/** So many of the first lines are looked at to tell when a part of a log begins; one may be wrong. */
const FIRST_LINES = 16;

/** The times of the lines in a window. */
export class LineTimes {
  readonly #window: LineWindow;
  readonly #times: LogTimes;
  readonly #decoder = new TextDecoder("latin1");
  /** What the lines between these logical offsets inherit, so that none is looked at for each of those after it. */
  #inherited: { readonly from: number; readonly to: number; readonly ms: number | null } = {
    from: 0,
    to: -1,
    ms: null,
  };

  constructor(window: LineWindow, times: LogTimes) {
    this.#window = window;
    this.#times = times;
  }

  of(place: Place): number | undefined {
    const written = this.#times.table.timeOf(this.#window.offsetOf(place.to + 1));
    return bestTime({ own: this.#own(place), inherited: () => this.#before(place), written });
  }

  /** The earliest and the latest time that some lines from `index` on say themselves; null when none does. */
  range(index: number): { readonly earliestMs: number; readonly latestMs: number } | null {
    const places = this.#window.linesAfter({ from: index, to: index - 1 }, FIRST_LINES);
    const all = places.map((place) => this.#own(place)).filter((ms) => ms !== null);
    return all.length === 0 ? null : { earliestMs: Math.min(...all), latestMs: Math.max(...all) };
  }

  #own({ from, to }: Place): number | null {
    const head = this.#decoder.decode(this.#window.bytes.subarray(from, Math.min(to, from + TIME_CHARS)));
    const written = this.#times.table.timeOf(this.#window.offsetOf(to + 1));
    return timeOfLine(head, { nearMs: written ?? this.#times.writtenMs, isExact: written !== undefined });
  }

  #before({ from }: Place): number | null {
    const at = this.#window.offsetOf(from);
    if (at > this.#inherited.from && at <= this.#inherited.to) return this.#inherited.ms;
    let index = from;
    let ms: number | null = null;
    for (let lines = 0; lines < MAX_LINES_BACK && index > this.#window.first && ms === null; lines++) {
      const before = this.#window.linesBack(index, 1);
      ms = this.#own({ from: before, to: index - 1 });
      index = before;
    }
    this.#inherited = { from: this.#window.offsetOf(index), to: at, ms };
    return ms;
  }
}

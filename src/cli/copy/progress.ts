import { type Clock, Duration } from "../../core/mod.ts";
import { roughly, type Terminal } from "../output.ts";
import { cutTo } from "../safe_text.ts";
import { readableBytes } from "../units.ts";

const EVERY_MS = 200;
/** The speed is that of about the last while. */
const WINDOW_MS = 5_000;
const CLEAR = "\r\x1b[K";

/** How far a copy has come, on one line that is written over and over; nothing where nobody looks at a terminal. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #isShown: boolean;
  #what = "";
  #totalBytes: number | null = null;
  #shownMs = -Infinity;
  #points: { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(terminal: Terminal, clock: Clock, isShown: boolean) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#isShown = isShown && terminal.isTerminal;
  }

  begin(what: string, totalBytes: number | null): void {
    [this.#what, this.#totalBytes, this.#points, this.#shownMs] = [what, totalBytes, [], -Infinity];
  }

  bytes(bytes: number): void {
    if (!this.#isShown) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#shownMs < EVERY_MS) return;
    this.#shownMs = nowMs;
    this.#points.push({ atMs: nowMs, bytes });
    while (this.#points.length > 2 && nowMs - (this.#points[0]?.atMs ?? 0) > WINDOW_MS) this.#points.shift();
    const width = this.#terminal.size?.()?.columns || 80;
    this.#terminal.stderr(`${CLEAR}${cutTo(this.#line(bytes), width - 1)}`);
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#isShown && this.#shownMs > -Infinity) this.#terminal.stderr(CLEAR);
    this.#shownMs = -Infinity;
  }

  #line(bytes: number): string {
    const perSecond = this.#perSecond();
    const speed = perSecond > 0 ? `${readableBytes(perSecond)}/s` : "";
    const total = this.#totalBytes;
    if (total === null) return [readableBytes(bytes), speed, this.#what].filter((part) => part !== "").join("  ");
    const percent = total === 0 ? 100 : Math.floor(100 * bytes / total);
    const left = perSecond > 0 ? `${roughly(new Duration(Math.ceil(1_000 * (total - bytes) / perSecond)))} left` : "";
    const amount = `${readableBytes(bytes)} of ${readableBytes(total)}`;
    return [`${String(percent).padStart(3)} %`, amount, speed, left, this.#what].filter((part) => part !== "").join(
      "  ",
    );
  }

  #perSecond(): number {
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
    return 1_000 * (last.bytes - first.bytes) / (last.atMs - first.atMs);
  }
}

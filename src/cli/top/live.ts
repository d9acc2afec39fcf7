import { AppError, type Clock, Duration } from "../../core/mod.ts";
import type { ServerEvent } from "../../http/mod.ts";
import type { CollectorStatus } from "../../protocol/mod.ts";
import { roughly, type TerminalSize } from "../output.ts";
import { type Key, keysOf } from "./keys.ts";
import { BLANK, type Line, lineWidth, span } from "./lines.ts";
import { Readings } from "./readings.ts";
import type { Screen } from "./screen.ts";
import type { SortKey } from "./tables.ts";
import { viewLines } from "./view.ts";

export interface LiveOptions {
  readonly screen: Screen;
  readonly clock: Clock;
  readonly interval: Duration;
  readonly sort: SortKey;
  readonly rows: number;
  readonly signal: AbortSignal;
  /** The events of the agent at the interval; ends when the agent stops. */
  readonly events: (signal: AbortSignal) => AsyncIterable<ServerEvent>;
  /** How each collector does. */
  readonly collectors: (signal: AbortSignal) => Promise<readonly CollectorStatus[]>;
}

const TICK_MS = 1_000;
const GATHER_MS = 20;
/** Intervals without a reading after which the screen says how old it is. */
const STALE_INTERVALS = 3;
const SHORTEST_STALE_MS = 5_000;

const HELP: readonly Line[] = [
  [span("agent top", "bold"), span("  shows how this host does")],
  BLANK,
  [span("  q      ", "bold"), span("quit")],
  [span("  c      ", "bold"), span("processes by use of the processor")],
  [span("  m      ", "bold"), span("processes by use of memory")],
  [span("  p      ", "bold"), span("hold what is shown, and go on")],
  [span("  ?      ", "bold"), span("this help")],
  BLANK,
  [span('A dash stands for what was not measured; "agent collectors" says why.')],
  BLANK,
  [span("any key goes back", "dim")],
];

/** The view that goes on until a key ends it. */
export class LiveView {
  readonly #options: LiveOptions;
  readonly #readings = new Readings();
  readonly #end = Promise.withResolvers<void>();
  #sort: SortKey;
  #showsHelp = false;
  /** What is shown while it is held. */
  #held: Readings | null = null;
  #lastReadingMs: number;
  #isDrawing = false;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#sort = options.sort;
    this.#lastReadingMs = options.clock.monotonicMs();
  }

  /** Resolves when the user quits; rejects when the agent, the terminal or the signal ends it. */
  async run(): Promise<void> {
    const { screen, signal } = this.#options;
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const interrupted = () => this.#end.reject(signal.reason);
    signal.addEventListener("abort", interrupted);
    const stopResizing = screen.onResize(() => this.#draw());
    try {
      signal.throwIfAborted();
      screen.open();
      this.#draw();
      for (const work of [this.#follow(either), this.#readKeys(either), this.#tick(either)]) {
        work.catch((error) => this.#end.reject(error)); // too late after the end, when it does nothing
      }
      await this.#end.promise;
    } finally {
      signal.removeEventListener("abort", interrupted);
      stopResizing();
      screen[Symbol.dispose]();
      stop.abort();
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const event of this.#options.events(signal)) {
      if (this.#readings.take(event) === null) continue;
      this.#lastReadingMs = this.#options.clock.monotonicMs();
      this.#drawSoon(signal);
    }
    throw new AppError("not_running", "The agent has stopped");
  }

  async #readKeys(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const key of keysOf(await this.#options.screen.read())) this.#press(key);
    }
  }

  /** Asks for the collectors' states, and shows how old the readings have become. */
  async #tick(signal: AbortSignal): Promise<void> {
    const { clock, collectors, interval } = this.#options;
    let dueMs = 0;
    while (!signal.aborted) {
      if (clock.monotonicMs() >= dueMs) {
        // An agent that does not answer is noticed where its readings are awaited.
        this.#readings.collectors = await collectors(signal).catch(() => this.#readings.collectors);
        dueMs = clock.monotonicMs() + interval.ms;
      }
      this.#draw();
      await clock.sleep(TICK_MS, signal);
    }
  }

  #press(key: Key): void {
    if (key === "quit") return this.#end.resolve();
    if (this.#showsHelp || key === "help") this.#showsHelp = !this.#showsHelp;
    else if (key === "sort_cpu") this.#sort = "cpu";
    else if (key === "sort_memory") this.#sort = "memory";
    else if (key === "pause") this.#held = this.#held === null ? this.#readings.still() : null;
    this.#draw();
  }

  /** Readings that were made together arrive one after the other, and are drawn once. */
  #drawSoon(signal: AbortSignal): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    const draw = () => {
      this.#isDrawing = false;
      this.#draw();
    };
    this.#options.clock.sleep(GATHER_MS, signal).then(draw, () => {}); // there is nothing to draw on after the end
  }

  #draw(): void {
    try {
      this.#options.screen.draw((size) => this.#lines(size));
    } catch (error) {
      this.#end.reject(error);
    }
  }

  #lines({ columns, rows }: TerminalSize): readonly Line[] {
    if (this.#showsHelp) return HELP;
    const state = this.#held ?? this.#readings;
    const options = { width: columns, height: Math.max(1, rows - 1), sort: this.#sort, rows: this.#options.rows };
    const body = state.timeMs === undefined
      ? [[span("Waiting for the agent's first readings …")]]
      : viewLines(state, options);
    const blanks = Array.from({ length: Math.max(0, rows - 1 - body.length) }, () => BLANK);
    return rows < 2 ? body : [...body, ...blanks, this.#footer(columns)];
  }

  #footer(width: number): Line {
    const keys = [["q", "quit"], ["c", "by CPU"], ["m", "by memory"], ["p", "pause"], ["?", "help"]] as const;
    const left = keys.flatMap(([key, what]) => [span(key, "bold"), span(` ${what}  `, "dim")]);
    const right = this.#notice();
    const gap = width - lineWidth(left) - lineWidth(right);
    return gap >= 0 ? [...left, span(" ".repeat(gap)), ...right] : [...right, span("  "), ...left];
  }

  #notice(): Line {
    const { clock, interval } = this.#options;
    const silentMs = clock.monotonicMs() - this.#lastReadingMs;
    if (silentMs > Math.max(SHORTEST_STALE_MS, STALE_INTERVALS * interval.ms)) {
      return [span(`no reading for ${roughly(new Duration(silentMs))}`, "red")];
    }
    return this.#held === null ? [span(`every ${interval}`, "dim")] : [span("held; p goes on", "yellow")];
  }
}

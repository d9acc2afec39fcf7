import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { dueBy, type Schedule, startOf, type Step, stepsBetween } from "./playback.ts";

/** What a player shows a recording on; a terminal's screen, or a test's. */
export interface PlayerScreen {
  /** Resolves when it is shown. */
  write(text: string): Promise<void>;
  resize(cols: number, rows: number): void;
  /** As a new one of that size. */
  reset(cols: number, rows: number): void;
}

export interface PlayerOptions {
  readonly screen: PlayerScreen;
  readonly size: { readonly cols: number; readonly rows: number };
  readonly schedule: Schedule;
  /** Resolves with the time of the next frame that is painted, in milliseconds. */
  readonly nextFrame: () => Promise<number>;
}

/** So much is shown in one go, so that the page goes on answering. */
const MAX_STEP = 64 * 1024;
const MAX_UNDER_WAY = 8;
/** A tab that was hidden has no frames; it goes on from where it was. */
const MAX_FRAME_MS = 250;

/** Plays a recording: one loop that either goes on with the time or to where somebody wants it to be. */
export class Player {
  speed = 1;
  readonly #options: PlayerOptions;
  #schedule: Schedule;
  readonly #position: Signal<number> = signal(0);
  readonly #isPlaying: Signal<boolean> = signal(false);
  /** How many events are on the screen. */
  #index = 0;
  readonly #underWay: Promise<void>[] = [];
  #wish: number | null = 0;
  #isEnded = false;
  #lastFrameMs: number | null = null;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#schedule = options.schedule;
  }

  /** In the played time. */
  get position(): ReadonlySignal<number> {
    return this.#position;
  }

  get isPlaying(): ReadonlySignal<boolean> {
    return this.#isPlaying;
  }

  get durationMs(): number {
    return this.#schedule.durationMs;
  }

  /** Runs until `end`. */
  async run(): Promise<void> {
    const { screen, size } = this.#options;
    screen.reset(size.cols, size.rows);
    while (!this.#isEnded) {
      const nowMs = await this.#options.nextFrame();
      const passedMs = Math.min(MAX_FRAME_MS, nowMs - (this.#lastFrameMs ?? nowMs));
      this.#lastFrameMs = nowMs;
      if (this.#isEnded) return;
      if (this.#wish !== null) await this.#goTo(this.#wish);
      else if (this.#isPlaying.peek()) await this.#goOn(passedMs * this.speed);
    }
  }

  /** From the beginning where it is at its end. */
  play(): void {
    if (this.#position.peek() >= this.durationMs) this.seek(0);
    this.#isPlaying.value = true;
  }

  pause(): void {
    this.#isPlaying.value = false;
  }

  toggle(): void {
    if (this.#isPlaying.peek()) this.pause();
    else this.play();
  }

  seek(positionMs: number): void {
    this.#wish = Math.max(0, Math.min(this.durationMs, positionMs));
    this.#position.value = this.#wish;
  }

  /** With silences of another length; what is on the screen stays there. */
  setSchedule(schedule: Schedule): void {
    this.#schedule = schedule;
    const atMs = this.#index === 0 ? 0 : schedule.events[this.#index - 1]?.atMs ?? schedule.durationMs;
    if (this.#wish === null) this.#position.value = atMs;
    else this.seek(atMs);
  }

  end(): void {
    this.#isEnded = true;
  }

  async #goOn(passedMs: number): Promise<void> {
    const atMs = Math.min(this.durationMs, this.#position.peek() + passedMs);
    this.#position.value = atMs;
    await this.#show(dueBy(this.#schedule, atMs));
    if (this.#wish === null && atMs >= this.durationMs) this.#isPlaying.value = false;
  }

  async #goTo(wish: number): Promise<void> {
    const { screen, size } = this.#options;
    const target = dueBy(this.#schedule, wish);
    const { from, isReset } = startOf(this.#index, target);
    if (isReset) screen.reset(size.cols, size.rows);
    this.#index = from;
    await this.#show(target, wish);
    if (this.#wish === wish) this.#wish = null;
  }

  /** Given up in between when somebody wants to be elsewhere; what was not shown then is shown on the way there, or not needed. */
  async #show(to: number, wish: number | null = null): Promise<void> {
    while (this.#index < to && !this.#isEnded && this.#wish === wish) {
      const from = this.#index;
      const next = this.#nextIndex(from, to);
      this.#index = next;
      for (const step of stepsBetween(this.#schedule, from, next, MAX_STEP)) await this.#do(step);
    }
    await this.#written();
  }

  /** A screen that always has something to do is several times as fast as one that is waited for. */
  async #do(step: Step): Promise<void> {
    const { screen } = this.#options;
    if ("text" in step) {
      this.#underWay.push(screen.write(step.text));
      if (this.#underWay.length >= MAX_UNDER_WAY) await this.#underWay.shift();
      return;
    }
    // Its size changes at once, so what was written for the other one has to be there.
    await this.#written();
    screen.resize(step.cols, step.rows);
  }

  async #written(): Promise<void> {
    await Promise.all(this.#underWay.splice(0));
  }

  /** As many events as are shown in one go. */
  #nextIndex(from: number, to: number): number {
    let length = 0;
    let at = from;
    while (at < to) {
      const event = this.#schedule.events[at]?.event;
      length += event?.kind === "output" ? event.text.length : 0;
      at++;
      if (length >= MAX_STEP) break;
    }
    return at;
  }
}

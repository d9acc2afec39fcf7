import {
  AppError,
  type BackoffLimits,
  type Clock,
  fullJitterMs,
  messageOf,
  toAppError,
  untilAborted,
} from "../../core/mod.ts";
import {
  type AttachMode,
  jsonIn,
  MAX_TERMINAL_INPUT_BYTES,
  outputOf,
  TERMINAL_CLOSE_CODES,
  TERMINAL_FRAMES,
  terminalAcknowledge,
  type TerminalExit,
  terminalExit,
  terminalInput,
  terminalResize,
  terminalState,
} from "../../protocol/mod.ts";
import type { TerminalSize } from "../output.ts";
import { safeText } from "../safe_text.ts";
import { ESCAPE_HELP, EscapeReader } from "./escapes.ts";
import type { Link, LinkEnd } from "./link.ts";
import type { ShellScreen } from "./screen.ts";

export interface ShellSessionOptions {
  readonly screen: ShellScreen;
  readonly mode: AttachMode;
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends it, however far it is. */
  readonly signal: AbortSignal;
  /** Attaches to the terminal, from this position of its output on. */
  attach(wish: AttachWish, signal: AbortSignal): Promise<Link>;
  /** Throws for a terminal that is not there any more, or a user who may not use it; and for what keeps him from it now. */
  look(signal: AbortSignal): Promise<void>;
}

export interface AttachWish {
  readonly from: number;
  readonly size: TerminalSize;
}

/** How the user's being there has ended. */
export type ShellEnd = { readonly kind: "left" } | { readonly kind: "exit"; readonly exit: TerminalExit };

const BACKOFF: BackoffLimits = { baseMs: 1_000, maxMs: 10_000 };
const LEAST_WAIT_MS = 200;
/** A connection that has lasted for so long was a good one. */
const GOOD_MS = 5_000;
/** So much is shown before it is acknowledged, while more waits. */
const ACKNOWLEDGE_BYTES = 32 * 1024;
/** What says that waiting may help. */
const PASSING: readonly string[] = ["unavailable", "host_offline", "timeout", "rate_limited"];
const CONTROL_C = 0x03;

/** One user at one terminal, over as many connections as it takes. */
export class ShellSession {
  readonly #options: ShellSessionOptions;
  readonly #escapes = new EscapeReader();
  readonly #left = new AbortController();
  /** Aborts when the user leaves, or is made to. */
  readonly #over: AbortSignal;
  #link: Link | null = null;
  #position = 0;
  #acknowledged = 0;
  #exit: TerminalExit | null = null;
  #isRecorded: boolean | null = null;
  /** Whether it was attached before: then it is looked first whether the terminal is still there. */
  #isBack = false;

  constructor(options: ShellSessionOptions) {
    this.#options = options;
    this.#over = AbortSignal.any([options.signal, this.#left.signal]);
  }

  /** Rejects when he may not, or cannot, be there any more. */
  async run(): Promise<ShellEnd> {
    const { screen, signal } = this.#options;
    const stopResizing = screen.onResize(() => this.#resize());
    const ends = [this.#stay(), this.#readKeys()];
    for (const end of ends) {
      end.catch(() => {
        // The first that ends is waited for; what becomes of the other afterwards is of no interest.
      });
    }
    try {
      return await untilAborted(Promise.race(ends), signal);
    } finally {
      stopResizing();
      this.#left.abort(new AppError("cancelled", "left"));
      this.#link?.close();
    }
  }

  async #stay(): Promise<ShellEnd> {
    const { clock, screen } = this.#options;
    let failures = 0;
    for (;;) {
      const sinceMs = clock.monotonicMs();
      const trouble = await this.#connectAndFollow();
      if (this.#exit !== null) return { kind: "exit", exit: this.#exit };
      if (this.#left.signal.aborted) return { kind: "left" };
      this.#over.throwIfAborted();
      if (clock.monotonicMs() - sinceMs >= GOOD_MS) failures = 0;
      if (failures++ === 0) screen.note(`${trouble}; attaching again, what is typed meanwhile is lost; ~. leaves`);
      await clock.sleep(LEAST_WAIT_MS + fullJitterMs(BACKOFF, failures, this.#options.random()), this.#over)
        .catch(() => {}); // he has left, which is seen above
      this.#isBack = true;
    }
  }

  /** Gives what it has ended by, where attaching again is worth a try; throws where it is not. */
  async #connectAndFollow(): Promise<string> {
    const { attach, look, screen } = this.#options;
    try {
      if (this.#isBack) await look(this.#over);
      const link = await attach({ from: this.#position, size: screen.size }, this.#over);
      if (this.#isBack) screen.note("attached again");
      this.#link = link;
      await this.#follow(link);
      if (link.end?.code === TERMINAL_CLOSE_CODES.normal) this.#exit ??= { reason: link.end.reason };
      return wordsOf(link.end);
    } catch (error) {
      const { code } = toAppError(error);
      if (this.#over.aborted || PASSING.includes(code)) return messageOf(error);
      throw error;
    } finally {
      this.#link?.close();
      this.#link = null;
    }
  }

  async #follow(link: Link): Promise<void> {
    this.#acknowledged = this.#position;
    if (this.#position > 0) link.send(terminalAcknowledge(this.#position));
    for await (const message of link.messages()) {
      if (message[0] === TERMINAL_FRAMES.output) await this.#show(link, message);
      else if (message[0] === TERMINAL_FRAMES.state) this.#tellState(message);
      else if (message[0] === TERMINAL_FRAMES.exit) {
        const { success, data } = terminalExit().safeParse(jsonIn(message));
        this.#exit = success ? data : { reason: "the terminal has ended" };
      }
      if (this.#exit !== null || this.#over.aborted) return;
    }
  }

  /** Shown first, acknowledged then: so no more is under way than the user's own screen keeps up with. */
  async #show(link: Link, message: Uint8Array<ArrayBuffer>): Promise<void> {
    const output = outputOf(message);
    if (output === null) return;
    const { position, bytes } = output;
    const fresh = bytes.subarray(Math.max(0, this.#position - position));
    if (position + bytes.length <= this.#position) return;
    this.#position = position + bytes.length;
    if (!await this.#options.screen.write(fresh)) this.#left.abort(new AppError("cancelled", "nobody looks"));
    if (this.#position - this.#acknowledged < ACKNOWLEDGE_BYTES && !link.isDrained) return;
    this.#acknowledged = this.#position;
    link.send(terminalAcknowledge(this.#position));
  }

  #tellState(message: Uint8Array): void {
    const { success, data } = terminalState().safeParse(jsonIn(message));
    const isRecorded = success && data.isRecorded === true;
    if (!success || isRecorded === this.#isRecorded) return;
    if (isRecorded) this.#options.screen.note("what this terminal shows is recorded; ~. leaves, ~? helps");
    else if (this.#isRecorded === true) this.#options.screen.note("what this terminal shows is not recorded any more");
    else this.#options.screen.note("~. leaves, ~? helps");
    this.#isRecorded = isRecorded;
  }

  /** Ends when the user leaves, or his terminal is gone. */
  async #readKeys(): Promise<ShellEnd> {
    const { screen, mode } = this.#options;
    for (;;) {
      let typed = await screen.read();
      if (typed === null) return { kind: "left" };
      if (mode === "view" && typed.includes(CONTROL_C)) return { kind: "left" };
      while (typed.length > 0) {
        const { bytes, escape, rest } = this.#escapes.read(typed);
        this.#send(bytes);
        if (escape === "leave") return { kind: "left" };
        if (escape === "help") { for (const line of ESCAPE_HELP) screen.note(line); }
        typed = rest;
      }
    }
  }

  /** Without a connection, keys are lost. */
  #send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#options.mode === "view") return;
    for (let at = 0; at < bytes.length; at += MAX_TERMINAL_INPUT_BYTES) {
      this.#link?.send(terminalInput(bytes.subarray(at, at + MAX_TERMINAL_INPUT_BYTES)));
    }
  }

  #resize(): void {
    const { screen: { size: { columns, rows } }, mode } = this.#options;
    if (mode === "control") this.#link?.send(terminalResize(columns, rows));
  }
}

/** Why a connection has ended; throws where another would end like it. */
function wordsOf(end: LinkEnd | null): string {
  const words = safeText(end?.reason ?? "");
  switch (end?.code) {
    case TERMINAL_CLOSE_CODES.unauthorized:
      throw new AppError("unauthorized", `The manager has ended this: ${words}`);
    case TERMINAL_CLOSE_CODES.refused:
      throw new AppError("host_refuses", `The host refuses: ${words}`);
    case TERMINAL_CLOSE_CODES.gone:
      throw new AppError("not_found", `The terminal is gone: ${words}`);
    default:
      return words === "" ? "the connection broke" : words;
  }
}

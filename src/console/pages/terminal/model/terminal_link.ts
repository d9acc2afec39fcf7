import {
  jsonIn,
  outputOf,
  TERMINAL_CLOSE_CODES,
  TERMINAL_FRAMES,
  terminalAcknowledge,
  type TerminalExit,
  terminalInput,
  terminalResize,
  type TerminalState,
} from "../../../../protocol/mod.ts";

/** How it stands with the way to a terminal. */
export type LinkState =
  | { readonly kind: "connecting" }
  | { readonly kind: "attached" }
  /** The way broke; it is tried again at `dueMs`, on the clock of `now`. */
  | { readonly kind: "waiting"; readonly dueMs: number; readonly failures: number; readonly reason: string }
  /** The shell has ended. */
  | { readonly kind: "ended"; readonly exit: TerminalExit }
  /** Trying again would be refused again. */
  | { readonly kind: "closed"; readonly why: "unauthorized" | "refused" | "gone"; readonly reason: string }
  /** We have left; the shell goes on. */
  | { readonly kind: "left" };

/** Thrown by `open` where trying again makes no sense. */
export class LinkRefusal extends Error {
  override readonly name = "LinkRefusal";
  readonly why: "refused" | "gone";

  constructor(why: "refused" | "gone", message: string) {
    super(message);
    this.why = why;
  }
}

/** The part of WebSocket that is used. */
export interface LinkSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: unknown) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export interface LinkOptions {
  /** Opens the WebSocket of a new attachment, from that position on. Rejects with why it cannot be tried. */
  readonly open: (from: number, failures: number, signal: AbortSignal) => Promise<LinkSocket>;
  /** How much output has come. */
  readonly received: () => number;
  readonly onState: (state: LinkState) => void;
  readonly onAttached: () => void;
  readonly onOutput: (position: number, bytes: Uint8Array<ArrayBuffer>) => void;
  readonly onTold: (state: TerminalState) => void;
  readonly later: (run: () => void, ms: number) => () => void;
  readonly now: () => number;
  readonly random: () => number;
}

const OPEN = 1;
const BASE_MS = 1_000;
const MAX_MS = 15_000;
/** A connection that lasted so long was a good one: what breaks it is tried again at once. */
const GOOD_MS = 10_000;
const OPEN_TIMEOUT_MS = 15_000;
const TYPES: readonly number[] = Object.values(TERMINAL_FRAMES);

/** Keeps one terminal attached: through broken ways, until its shell ends, the host refuses, or we leave. */
export class TerminalLink {
  readonly #options: LinkOptions;
  #socket: LinkSocket | null = null;
  #state: LinkState = { kind: "connecting" };
  #failures = 0;
  #attachedMs = 0;
  #exit: TerminalExit | null = null;
  #cancelTimer: () => void = () => {};
  #opening = new AbortController();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  get isAttached(): boolean {
    return this.#state.kind === "attached";
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Attaches, or tries again at once where it waits or was closed. */
  connect(): void {
    const { kind } = this.#state;
    if (kind === "ended" || kind === "attached" || this.#socket !== null) return;
    this.#cancelTimer();
    this.#opening.abort();
    this.#opening = new AbortController();
    this.#set({ kind: "connecting" });
    void this.#open(this.#opening.signal);
  }

  /** There are signs that the way is broken though nobody has said so: it is made anew. */
  suspect(): void {
    if (this.#socket === null) return this.#state.kind === "waiting" ? this.connect() : undefined;
    this.#forget();
    this.connect();
  }

  leave(): void {
    this.#cancelTimer();
    this.#opening.abort();
    this.#forget();
    if (this.#state.kind !== "ended") this.#set({ kind: "left" });
  }

  input(bytes: Uint8Array<ArrayBuffer>): void {
    this.#send(terminalInput(bytes));
  }

  resize(cols: number, rows: number): void {
    this.#send(terminalResize(cols, rows));
  }

  acknowledge(position: number): void {
    this.#send(terminalAcknowledge(position));
  }

  async #open(signal: AbortSignal): Promise<void> {
    let socket: LinkSocket;
    try {
      socket = await this.#options.open(this.#options.received(), this.#failures, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof LinkRefusal) return this.#set({ kind: "closed", why: error.why, reason: error.message });
      return this.#failed(error instanceof Error ? error.message : String(error));
    }
    if (signal.aborted) return socket.close();
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    const isOurs = () => this.#socket === socket;
    this.#cancelTimer = this.#options.later(() => {
      if (!isOurs() || this.isAttached) return;
      this.#forget();
      this.#failed("");
    }, OPEN_TIMEOUT_MS);
    socket.onopen = () => isOurs() && this.#attached();
    socket.onmessage = ({ data }) => isOurs() && data instanceof ArrayBuffer && this.#take(new Uint8Array(data));
    // Closing can be told twice.
    socket.onclose = ({ code, reason }) => isOurs() && this.#closed(code, reason);
  }

  #attached(): void {
    this.#cancelTimer();
    this.#attachedMs = this.#options.now();
    this.#set({ kind: "attached" });
    this.#options.onAttached();
  }

  #take(message: Uint8Array<ArrayBuffer>): void {
    const type = message[0] ?? 0;
    if (!TYPES.includes(type)) return;
    if (type === TERMINAL_FRAMES.output) {
      const output = outputOf(message);
      if (output !== null) this.#options.onOutput(output.position, output.bytes);
      return;
    }
    const told = jsonIn(message);
    if (type === TERMINAL_FRAMES.state && isState(told)) this.#options.onTold(told);
    if (type === TERMINAL_FRAMES.exit) this.#exit = isExit(told) ? told : { reason: "" };
  }

  #closed(code: number, reason: string): void {
    const lastedMs = this.isAttached ? this.#options.now() - this.#attachedMs : 0;
    this.#cancelTimer();
    this.#forget();
    if (this.#exit !== null) return this.#set({ kind: "ended", exit: this.#exit });
    const { normal, unauthorized, refused, gone } = TERMINAL_CLOSE_CODES;
    if (code === normal) return this.#set({ kind: "ended", exit: { reason } });
    if (code === unauthorized) return this.#set({ kind: "closed", why: "unauthorized", reason });
    if (code === refused) return this.#set({ kind: "closed", why: "refused", reason });
    if (code === gone) return this.#set({ kind: "closed", why: "gone", reason });
    if (lastedMs >= GOOD_MS) this.#failures = 0;
    this.#failed(reason);
  }

  #failed(reason: string): void {
    this.#failures += 1;
    const spanMs = Math.min(MAX_MS, BASE_MS * 2 ** Math.min(this.#failures - 1, 10));
    // At least half of it, so that the page has something to count down.
    const waitMs = Math.round(spanMs * (0.5 + this.#options.random() / 2));
    this.#set({ kind: "waiting", dueMs: this.#options.now() + waitMs, failures: this.#failures, reason });
    this.#cancelTimer = this.#options.later(() => this.connect(), waitMs);
  }

  #forget(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    if (this.isAttached) this.#state = { kind: "connecting" };
  }

  #send(message: Uint8Array<ArrayBuffer>): void {
    if (this.isAttached && this.#socket?.readyState === OPEN) this.#socket.send(message);
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

/** What the page rests on; the rest of it is only shown. */
function isState(value: unknown): value is TerminalState {
  if (!isObject(value) || !isObject(value["terminal"])) return false;
  const { cols, rows, outputBytes, guests } = value["terminal"];
  return [cols, rows, outputBytes].every((each) => typeof each === "number" && each >= 0) && Array.isArray(guests);
}

function isExit(value: unknown): value is TerminalExit {
  return isObject(value) && typeof value["reason"] === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

import { type ReadonlySignal, signal } from "@preact/signals";
import type { LiveMessage, LiveRequest } from "../../protocol/mod.ts";

export interface Connection {
  readonly state: "connecting" | "live" | "lost";
  readonly sinceMs: number;
  /** When it is tried again; for `lost`. */
  readonly retryMs?: number;
}

/** What of a WebSocket is used, so that tests can have one without a network. */
export interface LinkSocket {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveLinkOptions {
  /** Opens a socket with a fresh ticket; throws where there is none to be had. */
  readonly open: () => Promise<LinkSocket>;
  readonly onMessage: (message: LiveMessage) => void;
  /** The session has ended: there is no use in trying again. */
  readonly onUnauthorized: () => void;
  readonly nowMs?: () => number;
  readonly random?: () => number;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** A link that is dead says nothing; the manager answers a ping at once. */
const PING_MS = 20_000;
const SILENT_MS = 45_000;
/** Which code says that the session has ended; LIVE_CLOSE_CODES.unauthorized. */
const UNAUTHORIZED = 4001;

/** The one WebSocket of the page: opened with a ticket, opened again when it is lost, with growing and random pauses. */
export class LiveLink {
  readonly #options: Required<LiveLinkOptions>;
  readonly #connection = signal<Connection>({ state: "connecting", sinceMs: 0 });
  #socket: LinkSocket | null = null;
  #wanted: LiveRequest | null = null;
  #isStarted = false;
  #isOpen = false;
  #tries = 0;
  #heardMs = 0;
  /** Grows with each socket, so that a late word of an earlier one is known as such. */
  #round = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  readonly connection: ReadonlySignal<Connection> = this.#connection;

  constructor(options: LiveLinkOptions) {
    this.#options = { nowMs: () => Date.now(), random: Math.random, ...options };
  }

  /** What is wanted is asked for now, and again after each interruption. */
  subscribe(wanted: LiveRequest): void {
    this.#wanted = wanted;
    if (this.#isOpen) this.#send(wanted);
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#tries = 0;
    this.#watch = setInterval(() => this.#check(), PING_MS);
    this.#connect();
  }

  stop(): void {
    this.#isStarted = false;
    clearTimeout(this.#retry);
    clearInterval(this.#watch);
    this.#drop();
    this.#become("connecting");
  }

  /** At once, without waiting out the pause: somebody asks for it, or the network is back. */
  retryNow(): void {
    if (!this.#isStarted || this.#connection.peek().state !== "lost") return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  async #connect(): Promise<void> {
    const round = ++this.#round;
    // While it was lost it stays so until it is there again: a banner that flickers tells nothing.
    if (this.#tries === 0) this.#become("connecting");
    try {
      const socket = await this.#options.open();
      if (round !== this.#round || !this.#isStarted) return socket.close();
      this.#socket = socket;
      socket.onopen = () => this.#opened(round);
      socket.onmessage = ({ data }) => this.#heard(round, data);
      socket.onclose = ({ code }) => this.#closed(round, code);
    } catch {
      // Why does not matter here: whatever it was, it is tried again, and the banner says so.
      this.#closed(round, 0);
    }
  }

  #opened(round: number): void {
    if (round !== this.#round) return;
    this.#isOpen = true;
    this.#tries = 0;
    this.#heardMs = this.#options.nowMs();
    this.#become("live");
    if (this.#wanted !== null) this.#send(this.#wanted);
  }

  #heard(round: number, data: unknown): void {
    if (round !== this.#round || typeof data !== "string") return;
    this.#heardMs = this.#options.nowMs();
    const message: LiveMessage = JSON.parse(data);
    if (message.type !== "pong") this.#options.onMessage(message);
  }

  #closed(round: number, code: number): void {
    if (round !== this.#round || !this.#isStarted) return;
    this.#drop();
    if (code === UNAUTHORIZED) {
      this.stop();
      return this.#options.onUnauthorized();
    }
    const longestMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#tries, 10));
    this.#tries++;
    const waitMs = longestMs * (0.5 + this.#options.random() / 2);
    this.#become("lost", this.#options.nowMs() + waitMs);
    this.#retry = setTimeout(() => this.#connect(), waitMs);
  }

  #check(): void {
    if (!this.#isOpen) return;
    if (this.#options.nowMs() - this.#heardMs > SILENT_MS) return this.#closed(this.#round, 0);
    this.#send({ type: "ping" });
  }

  #drop(): void {
    this.#round++;
    this.#isOpen = false;
    this.#socket?.close();
    this.#socket = null;
  }

  #send(request: LiveRequest): void {
    this.#socket?.send(JSON.stringify(request));
  }

  #become(state: Connection["state"], retryMs?: number): void {
    const before = this.#connection.peek();
    const sinceMs = before.state === state ? before.sinceMs : this.#options.nowMs();
    this.#connection.value = { state, sinceMs, ...(retryMs !== undefined && { retryMs }) };
  }
}

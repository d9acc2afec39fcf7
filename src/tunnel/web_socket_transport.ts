import { clearImmediate, setImmediate } from "node:timers";
import { AppError } from "../core/mod.ts";
import { TUNNEL_CLOSE_CODES } from "../protocol/mod.ts";
import type { Transport, TransportReceiver } from "./transport.ts";

export interface WebSocketLimits {
  /** A larger message breaks the link. */
  readonly maxMessageBytes: number;
  /** From this much unsent on, senders wait until half of it has gone. */
  readonly maxBufferedBytes: number;
}

const DEFAULT_LIMITS: WebSocketLimits = { maxMessageBytes: 1024 * 1024, maxBufferedBytes: 512 * 1024 };

/**
 * A WebSocket does not say when it has sent something, so that is asked: in some turns of the event loop, which is enough
 * for a quick link, and then ever more seldom.
 */
const QUICK_ASKS = 20;
const FIRST_ASK_MS = 1;
const LAST_ASK_MS = 16;
/** What a close frame has room for. */
const MAX_REASON_CHARACTERS = 40;

/** Carries messages over a WebSocket of either end, which must be open and without listeners for messages. */
export function webSocketTransport(socket: WebSocket, limits: Partial<WebSocketLimits> = {}): Transport {
  if (socket.readyState === WebSocket.CONNECTING) throw new TypeError("wait for the WebSocket's open event first");
  return new WebSocketTransport(socket, { ...DEFAULT_LIMITS, ...limits });
}

class WebSocketTransport implements Transport, EventListenerObject {
  readonly #socket: WebSocket;
  readonly #limits: WebSocketLimits;
  #receiver: TransportReceiver | null = null;
  #failure = "";
  #isOver = false;
  #waiting: { readonly resolve: () => void; readonly reject: (error: AppError) => void } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: ReturnType<typeof setImmediate> | undefined;

  constructor(socket: WebSocket, limits: WebSocketLimits) {
    this.#socket = socket;
    this.#limits = limits;
    socket.binaryType = "arraybuffer";
  }

  /** One listener object instead of three functions for each of thousands of sockets. */
  open(receiver: TransportReceiver): void {
    this.#receiver = receiver;
    for (const type of ["message", "close", "error"]) this.#socket.addEventListener(type, this);
    if (this.#socket.readyState !== WebSocket.OPEN) queueMicrotask(() => this.#end(broken("it was closed before use")));
  }

  send(message: Uint8Array): Promise<void> | undefined {
    if (this.#isOver || this.#socket.readyState !== WebSocket.OPEN) throw broken("it is closed");
    this.#socket.send(message as Uint8Array<ArrayBuffer>);
    if (this.#socket.bufferedAmount < this.#limits.maxBufferedBytes) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#askAgain(0);
    });
  }

  close(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#receiver = null;
    this.#end(broken("it is closed"));
    this.#socket.close(code, reason.slice(0, MAX_REASON_CHARACTERS));
  }

  handleEvent(event: Event): void {
    if (this.#isOver) return; // a close event can come twice
    if (event.type === "message") this.#onMessage((event as MessageEvent).data);
    else if (event.type === "close") this.#onClose(event as CloseEvent);
    else this.#failure = (event as ErrorEvent).message ?? ""; // a close event follows
  }

  #onMessage(data: unknown): void {
    if (data instanceof ArrayBuffer && data.byteLength <= this.#limits.maxMessageBytes) {
      this.#receiver?.onMessage(new Uint8Array(data));
      return;
    }
    const what = data instanceof ArrayBuffer ? `a message of ${data.byteLength} bytes` : "a message that is not binary";
    const receiver = this.#receiver;
    this.close(TUNNEL_CLOSE_CODES.protocol_error, "message refused");
    receiver?.onClose(broken(`the other side sent ${what}`));
  }

  #onClose({ code, reason }: CloseEvent): void {
    const why = [`code ${code}`, reason, this.#failure].filter((part) => part !== "").join(", ");
    this.#end(code === TUNNEL_CLOSE_CODES.normal ? null : broken(why));
  }

  #end(error: AppError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#waiting?.reject(error ?? broken("it was closed"));
    this.#waiting = null;
    for (const type of ["message", "close", "error"]) this.#socket.removeEventListener(type, this);
    this.#receiver?.onClose(error);
    this.#receiver = null;
  }

  #askAgain(asked: number): void {
    const slowAsks = asked - QUICK_ASKS;
    if (slowAsks < 0) this.#turn = setImmediate(() => this.#ask(asked));
    else this.#timer = setTimeout(() => this.#ask(asked), Math.min(FIRST_ASK_MS * 2 ** slowAsks, LAST_ASK_MS));
  }

  #ask(asked: number): void {
    if (this.#socket.bufferedAmount * 2 > this.#limits.maxBufferedBytes) return this.#askAgain(asked + 1);
    this.#waiting?.resolve();
    this.#waiting = null;
  }
}

function broken(why: string): AppError {
  return new AppError("unavailable", `The connection of the tunnel broke: ${why}`, { retryable: true });
}

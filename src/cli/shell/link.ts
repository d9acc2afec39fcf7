import { AppError } from "../../core/mod.ts";
import { failureWords, isCertificateFailure } from "../../http/mod.ts";

/** How a connection has ended. */
export interface LinkEnd {
  readonly code: number;
  readonly reason: string;
}

/** A connection to a terminal: messages both ways. */
export interface Link {
  /** Those that come, in order; it ends with the connection. */
  messages(): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Whether none waits to be read. */
  readonly isDrained: boolean;
  /** How it has ended; null while it goes on. */
  readonly end: LinkEnd | null;
  send(message: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

const OPEN = 1;
const STATUS = /Invalid status code: (\d{3})/;

/** Waits until a WebSocket is open. Whoever aborts lets go of it. */
export function openLink(socket: WebSocket, signal: AbortSignal): Promise<Link> {
  socket.binaryType = "arraybuffer";
  const link = new SocketLink(socket);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      link.close();
      reject(signal.reason);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    const settled = (act: () => void) => {
      signal.removeEventListener("abort", onAbort);
      act();
    };
    socket.addEventListener("open", () => settled(() => resolve(link)), { once: true });
    // What goes wrong later is told by the link's end.
    socket.addEventListener("close", () => settled(() => reject(link.failure)), { once: true });
  });
}

class SocketLink implements Link {
  readonly #socket: WebSocket;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  #news = Promise.withResolvers<void>();
  #words = "";
  end: LinkEnd | null = null;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      // The other side sends no more than a window that was not acknowledged, so it is that which bounds this.
      if (data instanceof ArrayBuffer) this.#waiting.push(new Uint8Array(data));
      this.#news.resolve();
    });
    socket.addEventListener("error", (event) => {
      event.preventDefault();
      this.#words = (event as ErrorEvent).message ?? ""; // a close follows
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.end ??= { code, reason };
      this.#news.resolve();
    });
  }

  get isDrained(): boolean {
    return this.#waiting.length === 0;
  }

  /** Why it never opened. */
  get failure(): AppError {
    const status = STATUS.exec(this.#words)?.[1];
    if (status !== undefined) return new AppError("unavailable", `the manager answered with HTTP ${status}`);
    const cause = new Error(this.#words.replace(/^.*failed to connect to WebSocket: /s, "") || "it was closed");
    const advice = isCertificateFailure(cause) ? '; "agent login" says whom to trust' : "";
    return new AppError("unavailable", `the manager cannot be reached: ${failureWords(cause)}${advice}`, { cause });
  }

  async *messages(): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    while (true) {
      const message = this.#waiting.shift();
      if (message !== undefined) yield message;
      else if (this.end !== null) return;
      else {
        this.#news = Promise.withResolvers();
        await this.#news.promise;
      }
    }
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(message);
  }

  close(): void {
    this.#socket.close();
  }
}

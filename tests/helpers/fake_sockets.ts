/** Two ends of an imagined WebSocket connection that is open. */

export interface SocketPair {
  readonly client: FakeSocket;
  readonly server: FakeSocket;
}

export function socketPair(): SocketPair {
  const pair = { client: new FakeSocket(), server: new FakeSocket() };
  pair.client.peer = pair.server;
  pair.server.peer = pair.client;
  return pair;
}

/** As much of a WebSocket as the tunnel and the handshake use. What is sent arrives in later microtasks, in order. */
export class FakeSocket extends EventTarget {
  peer: FakeSocket | null = null;
  readyState: number = WebSocket.OPEN;
  binaryType = "arraybuffer";
  readonly bufferedAmount = 0;
  /** Whether it answers nothing any more, not even a close; what it is sent is gone. */
  isDeaf = false;
  /** With what the other end has closed. */
  closedWith: number | undefined;
  /** Text messages that have come. */
  readonly texts: string[] = [];

  constructor() {
    super();
    this.addEventListener("message", (event) => {
      const { data } = event as MessageEvent;
      if (typeof data === "string") this.texts.push(data);
    });
  }

  get webSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(data: string | Uint8Array): void {
    if (this.readyState !== WebSocket.OPEN) return;
    const copy = typeof data === "string" ? data : data.slice().buffer;
    queueMicrotask(() => this.peer?.arrived(copy));
  }

  close(code = 1000, _reason = ""): void {
    if (this.readyState >= WebSocket.CLOSING) return;
    this.readyState = WebSocket.CLOSING;
    queueMicrotask(() => this.peer?.asked(code));
  }

  arrived(data: unknown): void {
    if (!this.isDeaf && this.readyState === WebSocket.OPEN) this.dispatchEvent(new MessageEvent("message", { data }));
  }

  /** The other end wants to close, which is answered unless nobody is there. */
  asked(code: number): void {
    if (this.isDeaf) return;
    this.closedWith = code;
    this.end(code);
    this.peer?.end(code);
  }

  /** The connection is gone without a word: for both ends, or for those that can notice. */
  cut(): void {
    this.end(1006);
    this.peer?.end(1006);
  }

  end(code: number): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

/** A peer has this long to answer that its connection is closed. */
const ANSWER_MS = 2_000;

/**
 * Sockets that were closed and have not gone yet. One whose peer does not answer the close would stay for ever, so it is
 * dropped; where that cannot be done it stays in the count, which keeps its maker from making more.
 */
export class Departures {
  readonly #drop: (socket: WebSocket) => boolean;
  readonly #leaving = new Map<
    WebSocket,
    { readonly untilMs: number; isDropped: boolean; readonly onGone: () => void }
  >();

  constructor(drop: (socket: WebSocket) => boolean) {
    this.#drop = drop;
  }

  get size(): number {
    return this.#leaving.size;
  }

  /** `onGone` is called once, when the socket is. */
  add(socket: WebSocket, nowMs: number, onGone: () => void): void {
    if (socket.readyState === WebSocket.CLOSED) onGone();
    else this.#leaving.set(socket, { untilMs: nowMs + ANSWER_MS, isDropped: false, onGone });
  }

  sweep(nowMs: number): void {
    for (const [socket, leaving] of this.#leaving) {
      if (socket.readyState !== WebSocket.CLOSED && nowMs >= leaving.untilMs && !leaving.isDropped) {
        leaving.isDropped = true;
        this.#drop(socket);
      }
      if (socket.readyState !== WebSocket.CLOSED) continue;
      this.#leaving.delete(socket);
      leaving.onGone();
    }
  }

  /** The manager stops. */
  dropAll(): void {
    for (const [socket, { onGone }] of this.#leaving) {
      this.#drop(socket);
      onGone();
    }
    this.#leaving.clear();
  }
}

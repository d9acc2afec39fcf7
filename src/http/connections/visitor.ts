import { dropWebSocket } from "../../platform/mod.ts";

/** Who looks after visitors. */
export interface Host {
  /** Whether one of them is to be cut as soon as anybody looks. */
  hasUnwanted: boolean;
}

/** One connection, from whoever has made it. An object instead of closures: there may be ten thousand. */
export class Visitor implements EventListenerObject {
  readonly address: string;
  readonly #host: Host;
  /** When it was first seen, and when it last began or ended a request. */
  readonly sinceMs: number;
  activeMs: number;
  requests = 0;
  underWay = 0;
  /** Requests of late, halved at each look. */
  lately = 0;
  /** Whether it has shown that it belongs to somebody who may use this server. */
  isKnown = false;
  /** Whether it is a WebSocket now, and whether its messages are told to this object. */
  isSocket = false;
  isHeard = false;
  hasSpoken = false;
  /** What had been read of it when the last message was whole, as far as anybody has looked; null until then. */
  readBytes: number | null = null;
  /** The look that has seen it last. */
  look = 0;

  isUnwanted = false;

  constructor(address: string, nowMs: number, host: Host) {
    this.address = address;
    this.#host = host;
    this.sinceMs = this.activeMs = nowMs;
  }

  /** A message has come, or the WebSocket has closed: another connection may have the same address and port soon. */
  handleEvent({ type }: Event): void {
    this.hasSpoken = true;
    this.readBytes = null;
    if (type === "close") this.isSocket = this.isHeard = this.isUnwanted = false;
  }

  drop(): void {
    this.isUnwanted = this.#host.hasUnwanted = true;
  }
}

const visitors = new WeakMap<Request | WebSocket, Visitor>();

/** Keeps whose request it is. */
export function rememberVisitor(request: Request, visitor: Visitor): void {
  visitors.set(request, visitor);
}

/** Says that who has made this request may use the server, so that the connection is not cut to make room for others. */
export function vouchFor(request: Request): void {
  const visitor = visitors.get(request);
  if (visitor !== undefined) visitor.isKnown = true;
}

/**
 * Has the connection of a request cut if a message on it becomes longer than any may be. The runtime puts together the
 * parts of a message however long it gets, and tells only when it is whole, so nobody else can.
 */
export function boundMessages(request: Request, socket: WebSocket): void {
  const visitor = visitors.get(request);
  if (visitor === undefined) return;
  visitors.set(socket, visitor);
  visitor.isHeard = true;
  // What came before was the head of this request; of a connection that was used before nobody knows.
  visitor.readBytes = visitor.requests === 1 ? 0 : null;
  for (const type of ["message", "close"]) socket.addEventListener(type, visitor);
}

/**
 * Lets go of a WebSocket whatever its peer does, now or with the next look at the connections. False where neither the
 * runtime nor the system can be told.
 */
export function dropSocket(socket: WebSocket): boolean {
  const visitor = visitors.get(socket);
  visitor?.drop();
  // Versions of the runtime before 2.9 take it, and then keep the socket all the same.
  return dropWebSocket(socket) || visitor !== undefined;
}

/** Which connections are cut, and why. Pure: nothing happens here. Times are of the monotonic clock. */
import type { Visitor } from "./visitor.ts";

type Seen = Readonly<Omit<Visitor, "handleEvent" | "drop">>;

/** From the connection to its first request, the handshake of TLS included. Many may come at once, and must wait. */
export const FIRST_REQUEST_MS = 20_000;
/** Between two requests. Longer than the pools of usual clients keep a connection, so that they are the first to close it. */
export const IDLE_MS = 120_000;
/** A message of a WebSocket, with all that belongs to it on the wire; the first one only says who speaks. */
export const MAX_FIRST_MESSAGE_BYTES = 192 * 1024;
export const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
/** So many requests of late, halved every few seconds, are no page's and no agent's. */
export const MANY_REQUESTS = 32;
/** Of the files that may be open: from which part on strangers make room, and how much is left to them then. */
const CROWDED_FROM = 0.75;
const CROWDED_UNTIL = 0.5;
const LEAST_STRANGERS = 50;

/** Whether it has been silent for too long: nothing but a request makes anybody welcome. */
export function isLate({ requests, underWay, isSocket, activeMs }: Seen, nowMs: number): boolean {
  if (isSocket || underWay > 0) return false;
  return nowMs - activeMs >= (requests === 0 ? FIRST_REQUEST_MS : IDLE_MS);
}

/** Whether it is the one to blame when the program suddenly needs much more memory. `readBytes`: by now. */
export function isGreedy(visitor: Seen, readBytes: number | null): boolean {
  const { isSocket, isHeard, hasSpoken, isKnown, lately } = visitor;
  // What it has asked for it may never take, and HTTP/2 lets it ask for much at once.
  if (!isSocket) return !isKnown && lately >= MANY_REQUESTS;
  if (!isHeard || readBytes === null || visitor.readBytes === null) return false;
  return readBytes - visitor.readBytes > (hasSpoken ? MAX_MESSAGE_BYTES : MAX_FIRST_MESSAGE_BYTES);
}

export function isCrowded(openFiles: number, mostFiles: number): boolean {
  return openFiles > mostFiles * CROWDED_FROM;
}

/** A stranger has not shown who he is, and is easily replaced. */
export function isStranger({ isKnown, isSocket }: Seen): boolean {
  return !isKnown && !isSocket;
}

/**
 * Of the strangers, those that have to go when the files become scarce. Whoever has most of them loses his first, and of
 * one's own the oldest: it has had the most time.
 */
export function outOfRoom<T extends Seen>(strangers: readonly T[], openFiles: number, mostFiles: number): T[] {
  const others = Math.min(openFiles, mostFiles) - strangers.length;
  const excess = strangers.length - Math.max(LEAST_STRANGERS, Math.floor(mostFiles * CROWDED_UNTIL) - others);
  if (excess <= 0) return [];
  const newestFirst = strangers.toSorted((a, b) => b.sinceMs - a.sinceMs);
  const counts = new Map<string, number>();
  const ranked = newestFirst.map((visitor) => {
    const rank = (counts.get(visitor.address) ?? 0) + 1;
    counts.set(visitor.address, rank);
    return { visitor, rank };
  });
  ranked.sort((a, b) => b.rank - a.rank || a.visitor.sinceMs - b.visitor.sinceMs);
  return ranked.slice(0, excess).map(({ visitor }) => visitor);
}

import { type Clock, joinedBytes, systemClock } from "../../../core/mod.ts";

/** Larger pieces cost no less each byte; of this size, a tunnel is kept busy. */
const PIECE_BYTES = 128 * 1024;
/** What comes more slowly is passed on as it comes. */
const LONGEST_MS = 100;

/**
 * The same bytes in larger pieces. TLS gives a body in pieces of 16 kB, and each of them would be a message of the tunnel, with
 * all that goes with it. Nothing is waited for but the next piece of the body itself.
 */
export function gatheredBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  clock: Pick<Clock, "monotonicMs"> = systemClock,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const first = await reader.read();
      if (first.done) return controller.close();
      const parts = [first.value];
      let bytes = first.value.length;
      let isOver = false;
      const sinceMs = clock.monotonicMs();
      while (bytes < PIECE_BYTES && !isOver && clock.monotonicMs() - sinceMs < LONGEST_MS) {
        const next = await reader.read();
        isOver = next.done;
        if (next.done) break;
        parts.push(next.value);
        bytes += next.value.length;
      }
      controller.enqueue(parts.length === 1 ? first.value : joinedBytes(parts));
      if (isOver) controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

import type { Transfer } from "./transfers.ts";

/**
 * Pieces as the body of an answer: read as it is read, and no sooner. Ends the transfer and calls `done` once, however it
 * ends: at its end, by a failure, by the reader who leaves, or by the signal though nobody reads.
 */
export function streamOf(
  pieces: AsyncGenerator<Uint8Array, void>,
  transfer: Transfer,
  signal: AbortSignal,
  done: () => void = () => {},
): ReadableStream<Uint8Array> {
  let isOver = false;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const leave = () => {
    transfer.end();
    done();
  };
  const finish = () => {
    if (isOver) return false;
    isOver = true;
    signal.removeEventListener("abort", onAbort);
    // A piece may still be on its way: what it reads from is closed behind it, and until then its place is taken.
    void pieces.return().then(leave, leave);
    return true;
  };
  const onAbort = () => {
    if (finish()) controller?.error(signal.reason);
  };
  return new ReadableStream<Uint8Array>({
    start(opened) {
      controller = opened;
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
    },
    async pull(opened) {
      try {
        const { done: isEnd, value } = await pieces.next();
        if (isOver) return;
        transfer.touch();
        if (!isEnd) return opened.enqueue(value);
        finish();
        opened.close();
      } catch (error) {
        if (finish()) opened.error(error);
      }
    },
    cancel: () => void finish(),
  }, { highWaterMark: 0 });
}

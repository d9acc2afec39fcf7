/** Text that is made as it is read, so that a slow reader makes nothing wait in memory. */
export function textStream(pieces: Iterable<string>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      for (;;) {
        const { done, value } = iterator.next();
        if (done === true) return controller.close();
        if (value !== "") return controller.enqueue(encoder.encode(value));
      }
    },
    cancel: () => void iterator.return?.(),
  }, { highWaterMark: 1 });
}

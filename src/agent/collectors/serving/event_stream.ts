import { AppError } from "../../../core/mod.ts";

/** Events for one listener who may be slow, and who may go at any time. */
export interface EventStream {
  readonly response: Response;
  /** False when the listener is behind: this event is left out for it, the next one may get through. */
  send(event: string, data: string): boolean;
  /** Aborts when the listener has gone, or `close` was called. */
  readonly gone: AbortSignal;
  close(): void;
}

/** Events that may wait for a slow listener. */
const MAX_WAITING = 256;

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function openEventStream(): EventStream {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const leave = () => gone.abort(new AppError("cancelled", "The listener has gone"));
  const body = new ReadableStream<Uint8Array>({
    start: (opened) => void (controller = opened),
    cancel: leave,
  }, new CountQueuingStrategy({ highWaterMark: MAX_WAITING }));
  const close = () => {
    if (gone.signal.aborted) return;
    leave();
    controller?.close();
  };
  return {
    response: new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } }),
    gone: gone.signal,
    close,
    send(event, data) {
      if (gone.signal.aborted || (controller?.desiredSize ?? 0) <= 0) return false;
      controller?.enqueue(encoder.encode(event === "" ? `: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`));
      return true;
    },
  };
}

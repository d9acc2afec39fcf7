import { AppError } from "../core/mod.ts";

/** Events for one listener who may be slow, and who may go at any time. */
export interface EventStream {
  readonly response: Response;
  /**
   * False when the listener is behind: this event is left out for it, the next one may get through. Who listens again
   * with the header `Last-Event-ID` is told the `id` of the last event that has come through.
   */
  send(event: string, data: string, id?: string): boolean;
  /** How many events more may wait. */
  readonly room: number;
  /** Aborts when the listener has gone, or `close` was called. */
  readonly gone: AbortSignal;
  close(): void;
}

export interface EventStreamOptions {
  /** Events that may wait for a slow listener. */
  readonly maxWaiting?: number;
  /** Called when there is room for at least one more event: at the start, and as the listener takes some. */
  readonly onRoom?: () => void;
}

const MAX_WAITING = 256;

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function openEventStream({ maxWaiting = MAX_WAITING, onRoom }: EventStreamOptions = {}): EventStream {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const leave = () => gone.abort(new AppError("cancelled", "The listener has gone"));
  const body = new ReadableStream<Uint8Array>({
    start: (opened) => void (controller = opened),
    pull: () => onRoom?.(),
    cancel: leave,
  }, new CountQueuingStrategy({ highWaterMark: maxWaiting }));
  const close = () => {
    if (gone.signal.aborted) return;
    leave();
    controller?.close();
  };
  return {
    response: new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } }),
    gone: gone.signal,
    close,
    get room() {
      return gone.signal.aborted ? 0 : Math.max(0, controller?.desiredSize ?? 0);
    },
    send(event, data, id) {
      if (this.room === 0) return false;
      controller?.enqueue(encoder.encode(textOf(event, data, id)));
      return true;
    },
  };
}

function textOf(event: string, data: string, id: string | undefined): string {
  if (event === "") return `: ${data}\n\n`;
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

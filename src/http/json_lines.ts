import { AppError } from "../core/mod.ts";

export interface JsonLinesOptions {
  readonly signal: AbortSignal;
  /** Called once when nothing more is sent, for whatever reason. */
  readonly onEnd?: () => void;
}

const CONTENT_TYPE = "application/x-ndjson; charset=utf-8";

/**
 * An answer of lines of JSON, made when there is room for them: a slow reader holds back whoever makes them. The signal
 * that they are made with aborts when the reader has gone.
 */
export function jsonLines(
  make: (gone: AbortSignal) => AsyncIterator<unknown>,
  { signal, onEnd = () => {} }: JsonLinesOptions,
): Response {
  const gone = new AbortController();
  const either = AbortSignal.any([signal, gone.signal]);
  let isEnded = false;
  const end = () => {
    if (isEnded) return;
    isEnded = true;
    onEnd();
  };
  either.addEventListener("abort", end, { once: true });
  if (either.aborted) end();
  const lines = make(either);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await lines.next();
        if (done !== true) return controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
        end();
        controller.close();
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    async cancel() {
      gone.abort(new AppError("cancelled", "The reader has gone"));
      await lines.return?.().catch(() => {
        // It was told by its signal, and has nobody left to tell what that did to it.
      });
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { "content-type": CONTENT_TYPE } });
}

import { AppError, Duration, systemClock, withinTime } from "../core/mod.ts";

export interface BodyLimits {
  readonly maxBytes: number;
  /** Until the last byte of it must be there. */
  readonly timeoutMs: number;
}

const NEVER = new AbortController().signal;

/** Reads a body as text, whatever its sender says of its length; throws `too_large` or `timeout`. */
export async function readBody(request: Request, { maxBytes, timeoutMs }: BodyLimits): Promise<string> {
  refuseTooLarge(request, maxBytes);
  const reader = request.body?.getReader();
  if (reader === undefined) return "";
  const timed = await withinTime(systemClock, timeoutMs, NEVER, (signal) => readAll(reader, maxBytes, signal));
  if (timed.late === undefined) return timed.value;
  throw new AppError("timeout", `The request's body was not here within ${new Duration(timeoutMs)}`);
}

/** For what says itself that it is; throws `too_large`. */
export function refuseTooLarge({ headers }: Request, maxBytes: number): void {
  if (Number(headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal,
): Promise<string> {
  signal.addEventListener("abort", () => void cancel(reader), { once: true });
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.length;
    if (bytes > maxBytes) {
      await cancel(reader);
      throw tooLarge(maxBytes);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  signal.throwIfAborted(); // then it was cancelled, and is not whole
  return text + decoder.decode();
}

async function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    await reader.cancel();
  } catch {
    // The caller has gone, or the connection broke; nobody wants the rest of it any more.
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("too_large", `A request body may hold ${maxBytes} bytes at most`);
}

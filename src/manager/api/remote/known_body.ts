import { AppError, joinedBytes } from "../../../core/mod.ts";
import { gatheredBody } from "./gathered_body.ts";

/** A body on its way to a host, with what it says where it is short enough to be looked at. */
export interface KnownBody {
  readonly body: BodyInit | null;
  /** Undefined for what is no JSON, or too long. */
  readonly json: unknown;
}

/** The host itself takes no longer ones, but for uploads, which are passed on as they come. */
export const MAX_KNOWN_BYTES = 1024 * 1024;

/**
 * Reads a body that is not too long whole, so that the audit can tell what was asked for. Where it `mustBeKnown`, one
 * that is longer is refused: nobody shall hide a command behind it.
 */
export async function knownBody(request: Request, mustBeKnown: boolean): Promise<KnownBody> {
  const { body, headers, method } = request;
  if (body === null || method === "GET" || method === "HEAD") return { body: null, json: undefined };
  const isJson = /^application\/json\b/i.test(headers.get("content-type") ?? "");
  if (!isJson && !mustBeKnown) return { body: gatheredBody(body), json: undefined };
  const reader = body.getReader();
  const { chunks, isWhole } = await readSome(reader);
  if (isWhole) {
    const bytes = joinedBytes(chunks);
    return { body: bytes, json: parsed(bytes) };
  }
  if (!mustBeKnown) return { body: continued(chunks, reader), json: undefined };
  await reader.cancel();
  throw new AppError("too_large", `The body of such a request may hold ${MAX_KNOWN_BYTES} bytes at most`);
}

interface Start {
  readonly chunks: readonly Uint8Array[];
  readonly isWhole: boolean;
}

async function readSome(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Start> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= MAX_KNOWN_BYTES) {
    const { done, value } = await reader.read().catch((cause) => {
      throw new AppError("cancelled", "The caller has gone before it had sent the body", { cause });
    });
    if (done) return { chunks, isWhole: true };
    chunks.push(value);
    length += value.length;
  }
  return { chunks, isWhole: false };
}

/** What was read already, then the rest as it comes. */
function continued(
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  const waiting = [...chunks];
  return new ReadableStream({
    async pull(controller) {
      const first = waiting.shift();
      if (first !== undefined) return controller.enqueue(first);
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // the host refuses it with the reason
  }
}

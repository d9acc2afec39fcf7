import { api } from "../../kit/api.ts";
import { type Cast, CastReader } from "./cast.ts";

/** The recording as far as a page can hold it; tells how much has come. */
export async function loadCast(id: string, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<Cast> {
  const { body } = await api.raw("GET", `/api/v1/recordings/${encodeURIComponent(id)}/cast`, { signal });
  const reader = new CastReader();
  if (body === null) return reader.end();
  let bytes = 0;
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        onBytes(bytes += chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
  const texts = counted.pipeThrough(new TextDecoderStream()).getReader();
  try {
    while (!reader.isFull) {
      const { done, value } = await texts.read();
      if (done) break;
      reader.take(value);
    }
  } finally {
    // What comes after the limit is not wanted; an error has been thrown already.
    texts.cancel().catch(() => {/* it is over either way */});
  }
  return reader.end();
}

import { AppError } from "../../../core/mod.ts";

/** Memory for bodies that are being read, of all hosts together. */
const MAX_READING_BYTES = 256 * 1024 * 1024;

/** Reads bodies without trusting what their sender says of their size. */
export class BodyReader {
  #reading = 0;

  get readingBytes(): number {
    return this.#reading;
  }

  /**
   * Throws `too_large` beyond the limit, and `unavailable` when too much is being read already. What is left unread is
   * the tunnel's to refuse, once the answer that says why has gone.
   */
  async text(request: Request, maxBytes: number): Promise<string> {
    const reader = request.body?.getReader();
    if (reader === undefined) throw new AppError("invalid_input", "The request has no body");
    const parts: Uint8Array[] = [];
    let bytes = 0;
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        bytes += part.value.length;
        this.#reading += part.value.length;
        if (bytes > maxBytes) throw new AppError("too_large", `A report like this may hold ${maxBytes} bytes at most`);
        if (this.#reading > MAX_READING_BYTES) throw busy();
        parts.push(part.value);
      }
      return decoded(parts);
    } finally {
      this.#reading -= bytes;
    }
  }
}

/** Nearly always it came in one piece. */
function decoded(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return decoder.decode(first);
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}

function busy(): AppError {
  return new AppError("unavailable", "Too much is being read at once; try again later", { retryable: true });
}

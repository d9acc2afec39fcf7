/** What HTTP needs of a connection; every connection of the runtime is one. */
export interface ByteStream {
  /** Null at the end. */
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export async function writeAll(stream: ByteStream, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
}

/**
 * Uses a stream and closes it, at once when the signal aborts: what then waits for it fails, which is the only way to
 * stop it.
 */
export async function usingStream<S extends ByteStream, T>(
  stream: S,
  signal: AbortSignal,
  use: (stream: S) => Promise<T>,
): Promise<T> {
  const close = () => closeQuietly(stream);
  signal.addEventListener("abort", close, { once: true });
  try {
    signal.throwIfAborted();
    return await use(stream);
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

/** Closes what may have been closed before, by the other side or by us. */
export function closeQuietly(stream: ByteStream): void {
  try {
    stream.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted)) throw error;
  }
}

import { AppError } from "../../core/mod.ts";
import { fileFailure } from "../../platform/mod.ts";

/** Large enough that the way to another thread and back is a small part of its reading. */
export const CHUNK_BYTES = 256 * 1024;

export interface ReadOptions {
  readonly from: number;
  readonly to: number;
  /** Whether each piece may be kept, rather than being used again for the next one. */
  readonly keeps: boolean;
  readonly signal: AbortSignal;
  /** What messages call the file. */
  readonly shown: string;
}

/** A part of an open file, in pieces. What is added to the file meanwhile is not read; if it ends before, this throws. */
export async function* readFile(
  file: Deno.FsFile,
  { from, to, keeps, signal, shown }: ReadOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  if (from > 0) await file.seek(from, Deno.SeekMode.Start);
  let buffer = keeps ? null : new Uint8Array(Math.min(CHUNK_BYTES, to - from));
  for (let at = from; at < to;) {
    signal.throwIfAborted();
    const room = (buffer ?? new Uint8Array(Math.min(CHUNK_BYTES, to - at))).subarray(0, to - at);
    const count = await readSome(file, room, shown);
    if (count === null) throw becameShorter(shown, at);
    at += count;
    if (keeps) buffer = null;
    yield room.subarray(0, count);
  }
}

async function readSome(file: Deno.FsFile, room: Uint8Array, shown: string): Promise<number | null> {
  try {
    return await file.read(room);
  } catch (error) {
    throw fileFailure(`read ${shown}`, error);
  }
}

function becameShorter(shown: string, at: number): AppError {
  const message = `${shown} became shorter while it was read: it ends after ${at} bytes; read it again`;
  return new AppError("conflict", message, { retryable: true });
}

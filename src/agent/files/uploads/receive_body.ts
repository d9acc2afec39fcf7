import { AppError, messageOf } from "../../../core/mod.ts";
import type { StagingFile } from "./staging_file.ts";
import { UploadOver } from "./upload_over.ts";

export interface ReceiveOptions {
  /** More than this is not taken. */
  readonly most: number;
  readonly touch: () => void;
  readonly signal: AbortSignal;
}

/** Adds a body to a file as it comes. However it ends, what has come is in the file then. */
export async function receiveBody(
  body: ReadableStream<Uint8Array> | null,
  staging: StagingFile,
  { most, touch, signal }: ReceiveOptions,
): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  const leave = () => void cancelQuietly(reader, signal.reason);
  signal.addEventListener("abort", leave, { once: true });
  try {
    signal.throwIfAborted();
    for (let chunk = await next(reader); chunk !== null; chunk = await next(reader)) {
      signal.throwIfAborted();
      if (staging.takenBytes + chunk.length > most) {
        throw new UploadOver("too_large", `More has come than the ${most} bytes that may; nothing of it was kept`);
      }
      await staging.add(chunk);
      touch();
    }
    signal.throwIfAborted(); // then it was cancelled, and this is not its end
  } catch (error) {
    await cancelQuietly(reader, error);
    throw error;
  } finally {
    signal.removeEventListener("abort", leave);
    await staging.settle();
  }
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | null> {
  try {
    const { done, value } = await reader.read();
    return done ? null : value;
  } catch (cause) {
    const message = `The upload was cut off: ${messageOf(cause)}; go on from what has been received`;
    throw new AppError("cancelled", message, { cause, retryable: true });
  }
}

async function cancelQuietly(reader: ReadableStreamDefaultReader<Uint8Array>, reason: unknown): Promise<void> {
  try {
    await reader.cancel(reason);
  } catch {
    // It broke by itself; nobody wants the rest of it.
  }
}

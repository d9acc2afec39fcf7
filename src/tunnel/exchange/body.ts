/** Bodies between streams of the tunnel and the streams of the web platform, with back-pressure and without copies. */
import { AppError, messageOf } from "../../core/mod.ts";
import type { YamuxStream } from "../yamux/stream.ts";

/** A body that came whole with its head is handed on as bytes up to this size; a stream costs more than it saves. */
const MAX_WHOLE_BYTES = 64 * 1024;

/** What comes on a stream, as the source of a ReadableStream. It reads nothing ahead, so windows do the holding back. */
export class BodySource implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> {
  readonly #stream: YamuxStream;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  #isWanted = false;

  constructor(stream: YamuxStream) {
    this.#stream = stream;
  }

  readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream(this, { highWaterMark: 0 });
  }

  start(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    this.#controller = controller;
    if (this.#stream.broken !== null) this.onBroken(this.#stream.broken);
  }

  pull(): void {
    this.#isWanted = true;
    this.onReadable();
  }

  cancel(reason: unknown): void {
    this.#controller = null;
    this.#stream.reset(new AppError("cancelled", `The reader wants no more: ${messageOf(reason)}`));
  }

  onReadable(): void {
    if (this.#isWanted) {
      const chunk = this.#stream.take();
      if (chunk !== null) {
        this.#isWanted = false;
        this.#controller?.enqueue(chunk as Uint8Array<ArrayBuffer>);
      }
    }
    if (!this.#stream.isAtEnd) return;
    this.#controller?.close();
    this.#controller = null;
  }

  /** What had come whole before the stream broke stays readable. */
  onBroken(reason: unknown): void {
    if (this.#stream.remoteHasFinished) return;
    this.#controller?.error(reason);
    this.#controller = null;
  }
}

/** The body that follows a head: nothing or its bytes when all has come, else a stream. */
export function bodyOf(stream: YamuxStream, source: BodySource): BodyInit | null {
  if (!stream.remoteHasFinished || stream.unreadBytes > MAX_WHOLE_BYTES) return source.readable();
  return stream.unreadBytes === 0 ? null : stream.takeExactly(stream.unreadBytes) as Uint8Array<ArrayBuffer>;
}

/** Sends a body down a stream and ends it; when either of the two fails, the other is told. */
export class BodyPump {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #stream: YamuxStream;

  constructor(body: ReadableStream<Uint8Array>, stream: YamuxStream) {
    this.#reader = body.getReader();
    this.#stream = stream;
  }

  /** Gives what went wrong with the body, or null; never rejects. */
  async run(): Promise<unknown> {
    try {
      await this.#sendAll();
      return null;
    } catch (error) {
      if (this.#stream.broken !== null) return null; // who broke it knows why
      this.#stream.reset(new AppError("internal", `A body could not be read to its end: ${messageOf(error)}`));
      return error;
    }
  }

  /** Tells the source that nobody reads it any more. */
  stop(reason: unknown): void {
    void cancelQuietly(this.#reader, reason);
  }

  async #sendAll(): Promise<void> {
    while (true) {
      const { done, value } = await this.#reader.read();
      if (done) return this.#stream.finish();
      if (!(value instanceof Uint8Array)) throw new TypeError("a body gave something else than bytes");
      const room = this.#stream.write(value);
      if (room !== undefined) await room;
    }
  }
}

/** Cancels what may have failed before. */
export async function cancelQuietly(
  body: ReadableStream<Uint8Array> | ReadableStreamDefaultReader<Uint8Array>,
  reason: unknown,
): Promise<void> {
  try {
    await body.cancel(reason);
  } catch {
    // It failed by itself or its cancelling did; either way nobody is interested in it any more.
  }
}

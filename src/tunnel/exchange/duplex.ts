import { AppError, messageOf } from "../../core/mod.ts";
import type { StreamObserver, YamuxStream } from "../yamux/stream.ts";
import { BodySource } from "./body.ts";
import type { Duplex } from "./contract.ts";

/** A stream as a pair of streams of the web platform, which break and end with it. */
export class StreamDuplex implements Duplex, StreamObserver, UnderlyingSink<Uint8Array> {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<Uint8Array>;
  readonly #stream: YamuxStream;
  readonly #source: BodySource;
  #controller: WritableStreamDefaultController | null = null;

  constructor(stream: YamuxStream, source: BodySource) {
    this.#stream = stream;
    this.#source = source;
    this.readable = source.readable();
    this.writable = new WritableStream(this);
  }

  onReadable(): void {
    this.#source.onReadable();
  }

  onBroken(error: AppError): void {
    this.#source.onBroken(error);
    this.#controller?.error(error);
  }

  start(controller: WritableStreamDefaultController): void {
    this.#controller = controller;
    if (this.#stream.broken !== null) controller.error(this.#stream.broken);
  }

  /** Waits until the bytes have left, because a writer may use its buffer again afterwards. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#stream.write(chunk);
    return this.#stream.whenSent();
  }

  close(): void {
    this.#stream.finish();
  }

  abort(reason: unknown): void {
    this.#stream.reset(new AppError("cancelled", `The writer broke off: ${messageOf(reason)}`));
  }
}

/** The tunnel over a plain byte stream, where a message means nothing: what yamux is spoken over elsewhere. */
import { AppError, messageOf } from "../../src/core/mod.ts";
import type { Transport, TransportReceiver } from "../../src/tunnel/mod.ts";

/** How much is sent at a time before the sender has to wait. */
const MAX_BUFFERED_BYTES = 256 * 1024;

export class ConnTransport implements Transport {
  /** Resolves when the connection is closed and nothing of it is left. */
  readonly done: Promise<void>;
  readonly #conn: Deno.Conn;
  readonly #readBytes: number;
  readonly #receiver = Promise.withResolvers<TransportReceiver>();
  #writing: Promise<void> = Promise.resolve();
  #bufferedBytes = 0;
  #isOver = false;

  /** `readBytes` is how much is read at a time: a message for the receiver, wherever the frames are. */
  constructor(conn: Deno.Conn, readBytes: number) {
    this.#conn = conn;
    this.#readBytes = readBytes;
    this.done = this.#read();
  }

  open(receiver: TransportReceiver): void {
    this.#receiver.resolve(receiver);
  }

  send(message: Uint8Array): Promise<void> | undefined {
    if (this.#isOver) throw new AppError("unavailable", "The connection is closed");
    const copy = message.slice();
    this.#bufferedBytes += copy.length;
    this.#writing = this.#writing.then(() => this.#write(copy));
    return this.#bufferedBytes < MAX_BUFFERED_BYTES ? undefined : this.#writing;
  }

  /** After what was sent before. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void this.#writing.finally(() => this.#conn.close());
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      this.#bufferedBytes -= bytes.length;
    } catch {
      // The reading side sees the same end, and tells the receiver.
    }
  }

  async #read(): Promise<void> {
    const receiver = await this.#receiver.promise;
    const buffer = new Uint8Array(this.#readBytes);
    let failure: AppError | null = null;
    try {
      for (let bytes = await this.#conn.read(buffer); bytes !== null; bytes = await this.#conn.read(buffer)) {
        if (this.#isOver) break;
        receiver.onMessage(buffer.slice(0, bytes));
      }
    } catch (error) {
      failure = new AppError("unavailable", messageOf(error));
    }
    if (this.#isOver) return;
    this.close();
    receiver.onClose(failure);
  }
}

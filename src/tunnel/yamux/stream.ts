import type { AppError } from "../../core/mod.ts";
import { FLAG, FRAME, INITIAL_WINDOW_BYTES, MAX_WINDOW_BYTES, ProtocolViolation } from "./frame.ts";
import type { MessageBuilder } from "./message_builder.ts";
import { ReceiveQueue } from "./receive_queue.ts";
import { SendQueue } from "./send_queue.ts";

/** Who uses a stream. Calls come with the reading of a message, so they must be short and never throw. */
export interface StreamObserver {
  /** Bytes have come, or the end has; said once for all that one message brought. */
  onReadable(): void;
  /** It was reset by either side, or the session ended. What had come whole before can still be read. */
  onBroken(error: AppError): void;
  /** Both sides have finished; nothing more will happen, though there may be bytes to read. */
  onOver?(): void;
}

/** What a stream asks of its session. */
export interface StreamOwner {
  /** It has something to send: data, the end. */
  sendSoon(stream: YamuxStream): void;
  /** Something has come on it. */
  tellSoon(stream: YamuxStream): void;
  /** It has a window update, or the SYN or ACK, to send. */
  updateSoon(stream: YamuxStream): void;
  /** It is over; a reset is sent unless the other side need not hear of it. */
  forget(stream: YamuxStream, withReset: boolean): void;
}

/**
 * One stream of a session: bytes in order both ways, each way with a window and an end of its own. The first group of
 * methods is for who uses the stream, the second for its session.
 */
export class YamuxStream {
  readonly id: number;
  readonly #owner: StreamOwner;
  readonly #received = new ReceiveQueue();
  readonly #toSend = new SendQueue();
  readonly #windowBytes: number;
  observer: StreamObserver | null = null;
  /** Marks of the session, so that its lists hold a stream once. */
  isQueuedToSend = false;
  isQueuedToUpdate = false;

  /** What the other side may still send. */
  #receivableBytes = INITIAL_WINDOW_BYTES;
  /** What was read since the last window update. */
  #creditBytes: number;
  #sendableBytes = INITIAL_WINDOW_BYTES;
  /** SYN or ACK, until a frame has carried it. */
  #openFlag: number;
  #end: "open" | "finishing" | "finished" = "open";
  #remoteHasFinished = false;
  #wantsNoMore = false;
  #broken: AppError | null = null;
  #hasNews = false;

  constructor(owner: StreamOwner, id: number, openFlag: number, windowBytes: number) {
    this.#owner = owner;
    this.id = id;
    this.#openFlag = openFlag;
    this.#windowBytes = windowBytes;
    this.#creditBytes = windowBytes - INITIAL_WINDOW_BYTES;
  }

  /** Why nothing more can be sent, and no more will come; null while the stream works, and after it ended in order. */
  get broken(): AppError | null {
    return this.#broken;
  }

  /** Whether the other side has sent all; it may still be here unread. */
  get remoteHasFinished(): boolean {
    return this.#remoteHasFinished;
  }

  /** Whether everything that the other side sent was read. */
  get isAtEnd(): boolean {
    return this.#remoteHasFinished && this.#received.bytes === 0;
  }

  get unreadBytes(): number {
    return this.#received.bytes;
  }

  /** The next bytes, or null while there are none. They are the caller's own. */
  take(): Uint8Array | null {
    const chunk = this.#received.take();
    if (chunk !== null) this.#credit(chunk.length);
    return chunk;
  }

  /** So many bytes, which must be there. */
  takeExactly(bytes: number): Uint8Array {
    const taken = this.#received.takeExactly(bytes);
    this.#credit(bytes);
    return taken;
  }

  /**
   * Sends bytes, which nobody may change afterwards. Gives a promise when the other side or the link is behind: the
   * next chunk should wait for it. Throws what broke the stream.
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#broken !== null) throw this.#broken;
    if (this.#end !== "open") throw new TypeError(`stream ${this.id} was written to after its end`);
    this.#toSend.push(chunk);
    if (this.#canSend) this.#owner.sendSoon(this);
    return this.#toSend.whenRoom();
  }

  /** A promise that all bytes so far have left, after which they may be changed; undefined when they have. */
  whenSent(): Promise<void> | undefined {
    return this.#toSend.whenEmpty();
  }

  /** Ends this direction after the bytes so far. */
  finish(): void {
    if (this.#end !== "open" || this.#broken !== null) return;
    this.#end = "finishing";
    if (this.#canSend) this.#owner.sendSoon(this);
  }

  /** Drops what comes from now on, and breaks the stream off once this side's end has been sent. */
  wantNoMore(): void {
    if (this.#wantsNoMore || this.isOver) return;
    this.#wantsNoMore = true;
    this.#received.clear();
    if (this.#end === "finished") this.#endBoth();
  }

  /** Breaks both directions at once; the other side hears of it, and the observer as well. */
  reset(error: AppError): void {
    if (this.isOver) return;
    // An end that was never sent open is unknown to the other side.
    this.#owner.forget(this, this.#openFlag !== FLAG.syn);
    this.fail(error, true);
  }

  /* ---- for the session ---- */

  get isOver(): boolean {
    return this.#broken !== null || (this.#end === "finished" && (this.#remoteHasFinished || this.#wantsNoMore));
  }

  get #canSend(): boolean {
    if (this.#toSend.bytes > 0) return this.#sendableBytes > 0;
    return this.#end === "finishing";
  }

  /** Counts a data frame against the window before any of it is kept. */
  expect(bytes: number): void {
    if (bytes === 0) return;
    if (this.#remoteHasFinished) throw new ProtocolViolation(`data after the end of stream ${this.id}`);
    if (bytes > this.#receivableBytes) {
      throw new ProtocolViolation(`${bytes} bytes on stream ${this.id}, whose window has ${this.#receivableBytes}`);
    }
    this.#receivableBytes -= bytes;
  }

  receive(bytes: Uint8Array): void {
    if (this.#wantsNoMore || this.#broken !== null) return;
    this.#received.push(bytes);
    this.#noteNews();
  }

  receiveEnd(): void {
    if (this.#remoteHasFinished) return;
    this.#remoteHasFinished = true;
    this.#noteNews();
    if (this.#end === "finished" && this.#broken === null) this.#endBoth();
  }

  /** Tells the observer what has come since it was told last. */
  tell(): void {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    this.observer?.onReadable();
  }

  grant(bytes: number): void {
    this.#sendableBytes += bytes;
    if (this.#sendableBytes > MAX_WINDOW_BYTES) throw new ProtocolViolation(`window of stream ${this.id} overflows`);
    if (this.#canSend) this.#owner.sendSoon(this);
  }

  /** The stream is gone; `dropsReceived` unless what came whole may still be read. */
  fail(error: AppError, dropsReceived: boolean): void {
    if (this.isOver) return;
    if (!dropsReceived) this.tell();
    if (this.isOver) return; // the observer broke it off when it was told
    this.#broken = error;
    if (dropsReceived || !this.#remoteHasFinished) {
      this.#received.clear();
      this.#remoteHasFinished = false;
    }
    this.#toSend.fail(error);
    this.observer?.onBroken(error);
  }

  /** Writes the window update that is due, with the SYN or ACK; nothing when a data frame is about to carry that. */
  writeUpdate(message: MessageBuilder): void {
    if (this.#creditBytes === 0 && (this.#openFlag === 0 || this.isQueuedToSend)) return;
    message.header(FRAME.window_update, this.#takeOpenFlag(), this.id, this.#creditBytes);
    this.#receivableBytes += this.#creditBytes;
    this.#creditBytes = 0;
  }

  /**
   * Writes one frame of at most so much data, and the end after the last; true when there is more to send now. The end has a
   * frame of its own because hashicorp/yamux heeds flags before data, so that its reader could miss the last bytes.
   */
  writeData(message: MessageBuilder, maxBytes: number): boolean {
    const bytes = Math.min(this.#toSend.bytes, this.#sendableBytes, maxBytes, message.dataRoom);
    if (bytes > 0) {
      message.header(FRAME.data, this.#takeOpenFlag(), this.id, bytes);
      this.#sendableBytes -= bytes;
      this.#toSend.moveInto(message, bytes);
    }
    if (this.#end === "finishing" && this.#toSend.bytes === 0 && message.dataRoom >= 0) {
      message.header(FRAME.window_update, this.#takeOpenFlag() | FLAG.fin, this.id, 0);
      this.#end = "finished";
      if (this.#remoteHasFinished || this.#wantsNoMore) this.#endBoth();
    }
    return this.#canSend;
  }

  #noteNews(): void {
    if (this.#hasNews) return;
    this.#hasNews = true;
    this.#owner.tellSoon(this);
  }

  #takeOpenFlag(): number {
    const flag = this.#openFlag;
    this.#openFlag = 0;
    return flag;
  }

  #credit(bytes: number): void {
    if (this.#remoteHasFinished || this.#broken !== null) return;
    this.#creditBytes += bytes;
    if (this.#creditBytes * 2 >= this.#windowBytes) this.#owner.updateSoon(this);
  }

  #endBoth(): void {
    this.#owner.forget(this, !this.#remoteHasFinished);
    this.observer?.onOver?.();
  }
}

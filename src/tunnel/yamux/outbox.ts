import { MESSAGE_DATA_BYTES, type MessageBuilder } from "./message_builder.ts";
import type { YamuxStream } from "./stream.ts";

/** Data of one stream in a row while others wait. Large enough to be cheap, small enough that nobody waits long. */
const TURN_BYTES = 16 * 1024;
/** A data frame smaller than this is not begun at the end of a message. */
const MIN_DATA_ROOM = 1024;
/** Answers that the other side may make us owe it while it does not read: pings and refused streams. */
const MAX_OWED_FRAMES = 1024;

/** What a session has to send, in the order in which it leaves: answers, window updates, then the streams in turn. */
export class Outbox {
  /** Frames without data, as type, flags, id and length. */
  #owed: number[] = [];
  readonly #toUpdate: YamuxStream[] = [];
  readonly #toSend: YamuxStream[] = [];

  /** Adds a frame without data; false when there are more than a peer that reads would let pile up. */
  owe(type: number, flags: number, streamId: number, length: number): boolean {
    if (this.#owed.length >= 4 * MAX_OWED_FRAMES) return false;
    this.#owed.push(type, flags, streamId, length);
    return true;
  }

  /** The stream has data or its end to send. */
  addToSend(stream: YamuxStream): void {
    if (stream.isQueuedToSend) return;
    stream.isQueuedToSend = true;
    this.#toSend.push(stream);
  }

  /** The stream has a window update, SYN or ACK to send. */
  addToUpdate(stream: YamuxStream): void {
    if (stream.isQueuedToUpdate) return;
    stream.isQueuedToUpdate = true;
    this.#toUpdate.push(stream);
  }

  clear(): void {
    this.#owed = [];
    this.#toUpdate.length = 0;
    this.#toSend.length = 0;
  }

  /** Moves into the message what there is and has room. */
  fill(message: MessageBuilder): void {
    this.#fillOwed(message);
    while (message.dataRoom >= 0) {
      const stream = this.#toUpdate.shift();
      if (stream === undefined) break;
      stream.isQueuedToUpdate = false;
      if (!stream.isOver) stream.writeUpdate(message);
    }
    while (message.dataRoom >= MIN_DATA_ROOM) {
      const stream = this.#toSend.shift();
      if (stream === undefined) break;
      const turnBytes = this.#toSend.length === 0 ? MESSAGE_DATA_BYTES : TURN_BYTES;
      // The mark stays while it writes, so that nothing in there queues it a second time.
      const hasMore = !stream.isOver && stream.writeData(message, turnBytes);
      stream.isQueuedToSend = hasMore;
      if (hasMore) this.#toSend.push(stream);
    }
  }

  #fillOwed(message: MessageBuilder): void {
    const owed = this.#owed;
    let at = 0;
    for (; at < owed.length && message.dataRoom >= 0; at += 4) {
      message.header(owed[at] ?? 0, owed[at + 1] ?? 0, owed[at + 2] ?? 0, owed[at + 3] ?? 0);
    }
    if (at > 0) this.#owed = owed.slice(at);
  }
}

import { clearImmediate, setImmediate } from "node:timers";
import { AppError, type Clock, messageOf, toAppError } from "../../core/mod.ts";
import { TUNNEL_CLOSE_CODES } from "../../protocol/mod.ts";
import type { Transport, TransportReceiver } from "../transport.ts";
import { FLAG, FRAME, type FrameHeader, GO_AWAY, type GoAwayCode, ProtocolViolation } from "./frame.ts";
import { FrameReader, type FrameSink } from "./frame_reader.ts";
import { sharedBuilder } from "./message_builder.ts";
import { Outbox } from "./outbox.ts";
import { Pings } from "./pings.ts";
import { type StreamOwner, YamuxStream } from "./stream.ts";
import { StreamIds } from "./stream_ids.ts";

export interface YamuxOptions {
  /** Who dialled is the client. */
  readonly role: "client" | "server";
  readonly maxStreams: number;
  readonly windowBytes: number;
  readonly clock: Clock;
  /** Gets each stream that the other side opens, before its first byte. */
  readonly onStream: (stream: YamuxStream) => void;
  readonly onEnd: (end: SessionEnd) => void;
  /** The other side wants no more streams; those that are open go on. */
  readonly onDraining?: (() => void) | undefined;
  /** For tests of the end of the ids. */
  readonly firstId?: number | undefined;
}

/** How a session ended. */
export interface SessionEnd {
  /** Whether one of the sides closed it on purpose. */
  readonly isOrderly: boolean;
  /** What everything that was under way failed with. */
  readonly error: AppError;
}

/**
 * Many streams over one transport. Whatever is to be sent is collected until the current turn of the event loop is over,
 * so that a head, its body and window updates of others share a message. Answers and window updates go first, then
 * the streams in turn. A session with nothing to do has no timer, no buffer and no promise.
 */
export class YamuxSession implements TransportReceiver, FrameSink, StreamOwner {
  readonly #transport: Transport;
  readonly #options: YamuxOptions;
  readonly #reader: FrameReader;
  readonly #ids: StreamIds;
  readonly #streams = new Map<number, YamuxStream>();
  readonly #outbox = new Outbox();
  /** Streams that the message being read has brought something for. */
  readonly #toTell: YamuxStream[] = [];
  #pings: Pings | null = null;
  #ourStreams = 0;
  #flush: ReturnType<typeof setImmediate> | null = null;
  #isWaitingForRoom = false;
  #target: YamuxStream | null = null;
  #targetEnds = false;
  #end: SessionEnd | null = null;
  #isDraining = false;
  #otherIsDraining = false;
  #whenEmpty: (() => void) | null = null;
  #heardAtMs: number;

  constructor(transport: Transport, options: YamuxOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#reader = new FrameReader(this, options.windowBytes);
    this.#ids = new StreamIds(options.role, options.firstId);
    this.#heardAtMs = options.clock.monotonicMs();
    transport.open(this);
  }

  get end(): SessionEnd | null {
    return this.#end;
  }

  /** Whether either side wants no more streams. */
  get isDraining(): boolean {
    return this.#isDraining || this.#otherIsDraining;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /** When the last message came, on the monotonic clock: what a watch over many sessions compares. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** Opens a stream; the other side hears of it with the first bytes, or at the end of this turn of the event loop. */
  open(): YamuxStream {
    if (this.#end !== null) throw this.#end.error;
    if (this.isDraining) throw closed("is being closed, and takes no new requests");
    if (this.#ourStreams >= this.#options.maxStreams) {
      throw new AppError(
        "rate_limited",
        `Cannot open another stream: ${this.#ourStreams} are open, which is the limit; wait until one ends`,
        { retryable: true },
      );
    }
    const id = this.#ids.next();
    if (id === null) {
      this.goAway();
      throw closed("has used up its stream numbers; a new connection is needed");
    }
    this.#ourStreams++;
    return this.#add(id, FLAG.syn);
  }

  /** Asks for a sign of life; gives the milliseconds until it came. The signal bounds the wait. */
  ping(signal?: AbortSignal): Promise<number> {
    if (this.#end !== null) return Promise.reject(this.#end.error);
    const pings = this.#pings ??= new Pings(this.#options.clock);
    return pings.start((id) => this.#owe(FRAME.ping, FLAG.syn, 0, id), signal);
  }

  /** Tells the other side to open no more streams. Those that are open go on. */
  goAway(): void {
    if (this.#end !== null || this.#isDraining) return;
    this.#isDraining = true;
    this.#owe(FRAME.go_away, 0, 0, GO_AWAY.normal);
  }

  /** Calls back once no stream is open and what they sent has left, or the session has ended. */
  whenEmpty(callback: () => void): void {
    this.#whenEmpty = callback;
    if (this.#streams.size === 0) this.#callWhenEmpty();
  }

  /** Ends the session at once: what is under way fails with the error. */
  close(error: AppError): void {
    this.#finish({ isOrderly: true, error }, GO_AWAY.normal);
  }

  /* ---- from the transport ---- */

  onMessage(message: Uint8Array): void {
    if (this.#end !== null) return;
    this.#heardAtMs = this.#options.clock.monotonicMs();
    try {
      this.#reader.read(message);
    } catch (thrown) {
      this.#breakOff(thrown);
    }
    for (const stream of this.#toTell) stream.tell();
    this.#toTell.length = 0;
  }

  onClose(error: AppError | null): void {
    // A WebSocket that is closed while messages are still on their way to it breaks instead; the go away came before.
    this.#finish({
      isOrderly: error === null || this.#otherIsDraining,
      error: error ?? closed("was closed by the other side"),
    }, null);
  }

  /* ---- from the reader of frames ---- */

  onFrame(header: FrameHeader): void {
    if (header.type === FRAME.ping) return this.#onPing(header);
    if (header.type === FRAME.go_away) return this.#onGoAway(header.length);
    const { type, flags, streamId, length } = header;
    const stream = this.#streamOf(streamId, flags);
    this.#target = null;
    if (stream === undefined) return;
    if ((flags & FLAG.rst) !== 0) {
      this.#remove(stream);
      stream.fail(resetByOther(), false);
      return;
    }
    const ends = (flags & FLAG.fin) !== 0;
    if (type === FRAME.window_update) stream.grant(length);
    else stream.expect(length);
    if (type === FRAME.data && length > 0) {
      this.#target = stream;
      this.#targetEnds = ends;
    } else if (ends) stream.receiveEnd();
  }

  onData(bytes: Uint8Array, isLast: boolean): void {
    const stream = this.#target;
    if (stream === null) return;
    stream.receive(bytes);
    if (!isLast) return;
    this.#target = null;
    if (this.#targetEnds) stream.receiveEnd();
  }

  #onPing({ flags, length }: FrameHeader): void {
    if (flags === FLAG.syn) this.#owe(FRAME.ping, FLAG.ack, 0, length);
    else this.#pings?.settle(length);
  }

  #onGoAway(code: number): void {
    if (code !== GO_AWAY.normal) {
      const why = code === GO_AWAY.protocol_error ? "a protocol error" : `an internal error (${code})`;
      this.#finish({ isOrderly: false, error: closed(`was broken off by the other side for ${why}`) }, null);
      return;
    }
    if (this.#otherIsDraining) return;
    this.#otherIsDraining = true;
    this.#options.onDraining?.();
  }

  /** The stream that a frame is for; undefined for a frame that is to be passed over. */
  #streamOf(id: number, flags: number): YamuxStream | undefined {
    const known = this.#streams.get(id);
    if ((flags & FLAG.syn) === 0) {
      if (known === undefined && !this.#ids.wasUsed(id)) throw new ProtocolViolation(`stream ${id} was never opened`);
      return known;
    }
    this.#ids.useTheirs(id);
    const theirs = this.#streams.size - this.#ourStreams;
    if ((flags & FLAG.rst) !== 0) return undefined;
    if (this.#isDraining || theirs >= this.#options.maxStreams) {
      this.#owe(FRAME.window_update, FLAG.rst, id, 0);
      return undefined;
    }
    const stream = this.#add(id, FLAG.ack);
    this.#options.onStream(stream);
    return stream.isOver ? undefined : stream;
  }

  #add(id: number, openFlag: number): YamuxStream {
    const stream = new YamuxStream(this, id, openFlag, this.#options.windowBytes);
    this.#streams.set(id, stream);
    this.updateSoon(stream);
    return stream;
  }

  /* ---- from the streams ---- */

  sendSoon(stream: YamuxStream): void {
    this.#outbox.addToSend(stream);
    this.#flushSoon();
  }

  tellSoon(stream: YamuxStream): void {
    this.#toTell.push(stream);
  }

  updateSoon(stream: YamuxStream): void {
    this.#outbox.addToUpdate(stream);
    this.#flushSoon();
  }

  forget(stream: YamuxStream, withReset: boolean): void {
    if (this.#remove(stream) && withReset) this.#owe(FRAME.window_update, FLAG.rst, stream.id, 0);
  }

  #remove(stream: YamuxStream): boolean {
    if (!this.#streams.delete(stream.id)) return false;
    if ((stream.id & 1) === (this.#options.role === "client" ? 1 : 0)) this.#ourStreams--;
    if (this.#streams.size === 0) this.#callWhenEmpty();
    return true;
  }

  /** Later, because the last stream ends while the message with its end is still being put together. */
  #callWhenEmpty(): void {
    const callback = this.#whenEmpty;
    this.#whenEmpty = null;
    if (callback !== null) queueMicrotask(callback);
  }

  /* ---- sending ---- */

  #owe(type: number, flags: number, streamId: number, length: number): void {
    if (this.#end !== null) return;
    if (!this.#outbox.owe(type, flags, streamId, length)) {
      return this.#breakOff(new ProtocolViolation("more that needs an answer than it reads answers"));
    }
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flush !== null || this.#isWaitingForRoom || this.#end !== null) return;
    this.#flush = setImmediate(flush, this);
  }

  /** Sends what there is until the link is behind. For the one function below. */
  flushNow(): void {
    this.#flush = null;
    const message = sharedBuilder();
    while (this.#end === null && !this.#isWaitingForRoom) {
      message.clear();
      this.#outbox.fill(message);
      if (message.isEmpty) return;
      this.#send(message.message());
    }
  }

  #send(message: Uint8Array): void {
    try {
      const room = this.#transport.send(message);
      if (room === undefined) return;
      this.#isWaitingForRoom = true;
      room.then(() => {
        this.#isWaitingForRoom = false;
        this.flushNow();
      }).catch((thrown) => this.onClose(toAppError(thrown)));
    } catch (thrown) {
      this.onClose(toAppError(thrown));
    }
  }

  /* ---- the end ---- */

  #breakOff(thrown: unknown): void {
    const isTheirs = thrown instanceof ProtocolViolation;
    const error = isTheirs
      ? new AppError("unavailable", `The tunnel was broken off: the other side sent ${thrown.message}`)
      : new AppError("internal", `The tunnel was broken off: ${messageOf(thrown)}`, { cause: thrown });
    this.#finish({ isOrderly: false, error }, isTheirs ? GO_AWAY.protocol_error : GO_AWAY.internal_error);
  }

  /** Ends everything, once; `goAway` is what the other side is told, unless the link is gone. */
  #finish(end: SessionEnd, goAway: GoAwayCode | null): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#reader.stop();
    if (this.#flush !== null) clearImmediate(this.#flush);
    this.#flush = null;
    if (goAway !== null) this.#sendLast(goAway);
    this.#transport.close(closeCode(goAway), "");
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    this.#outbox.clear();
    this.#target = null;
    this.#ourStreams = 0;
    for (const stream of streams) stream.fail(end.error, false);
    this.#pings?.fail(end.error);
    this.#callWhenEmpty();
    this.#options.onEnd(end);
  }

  /** One go away, after what was to be sent before it when that fits: an answer that was finished is not lost. */
  #sendLast(code: GoAwayCode): void {
    const message = sharedBuilder();
    message.clear();
    if (code === GO_AWAY.normal) this.#outbox.fill(message);
    if (message.dataRoom < 0) message.clear();
    message.header(FRAME.go_away, 0, 0, code);
    try {
      this.#transport.send(message.message())?.catch(() => {
        // The link is being closed, and nobody waits for this message.
      });
    } catch {
      // The link has closed already, so the other side knows.
    }
  }
}

function flush(session: YamuxSession): void {
  session.flushNow();
}

function closeCode(goAway: GoAwayCode | null): number {
  if (goAway === GO_AWAY.protocol_error) return TUNNEL_CLOSE_CODES.protocol_error;
  return goAway === GO_AWAY.internal_error ? TUNNEL_CLOSE_CODES.internal_error : TUNNEL_CLOSE_CODES.normal;
}

function closed(what: string): AppError {
  return new AppError("unavailable", `Cannot reach the other side: the tunnel ${what}`, { retryable: true });
}

function resetByOther(): AppError {
  return new AppError("unavailable", "The other side broke off the request before it was complete");
}

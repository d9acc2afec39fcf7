import { AppError, type Clock, messageOf, toAppError, untilAborted } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { type AttachMode, FrameSplitter, TERMINAL_CLOSE_CODES } from "../../protocol/mod.ts";
import type { Duplex, DuplexAnswer } from "../../tunnel/mod.ts";
import type { Guest } from "./guest.ts";
import { closeCodeOf, refusalOf } from "./host_answer.ts";
import { InputQueue } from "./input_queue.ts";
import type { RecorderSeat } from "./recording/recorders.ts";
import { Shown } from "./shown.ts";

export interface AttachmentOptions {
  readonly guest: Guest;
  readonly mode: AttachMode;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asks the host for the terminal; what it gives is broken off when the signal aborts. */
  readonly ask: (signal: AbortSignal) => Promise<DuplexAnswer>;
  /** Takes a place in the recording, where there is to be one; `onChange` is called when it ends before the terminal does. */
  readonly record: (onChange: () => void) => Promise<RecorderSeat | null>;
  /** Whether others' use of the terminal is recorded. */
  readonly isRecorded: () => Promise<boolean>;
  readonly told: AttachmentTold;
}

/** What whoever has opened it is told: `failed`, or `begun` and then `ended`, each once. */
export interface AttachmentTold {
  /** The host has let him in. Nothing passes before this has resolved; where it rejects, nothing ever does. */
  begun(recordingId: string | null): Promise<void>;
  failed(error: AppError): Promise<void>;
  ended(end: AttachmentEnd): Promise<void>;
}

export interface AttachmentEnd {
  readonly durationMs: number;
  /** Output that was sent to the guest, and input that he has sent. */
  readonly shownBytes: number;
  readonly typedBytes: number;
  readonly reason: string;
}

/** A host that lets somebody in, or not, says so at once; the rest of its answer is short. */
const ANSWER_MS = 30_000;

/**
 * One guest at one terminal: what the host sends goes to the guest's WebSocket, what he sends goes to the host. It keeps no more of
 * either than a window: while the guest takes nothing the host is not read, and a guest who sends more than the host takes is cut off.
 */
export class Attachment {
  readonly #options: AttachmentOptions;
  readonly #input: InputQueue;
  readonly #stop = new AbortController();
  readonly #shown: Shown;

  constructor(options: AttachmentOptions) {
    const { guest, log, mode } = options;
    this.#options = options;
    this.#input = new InputQueue(mode);
    this.#shown = new Shown({ guest, log, signal: this.#stop.signal });
  }

  /** A message of the guest's. */
  received(data: unknown): void {
    const problem = data instanceof ArrayBuffer ? this.#input.put(new Uint8Array(data)) : "a message is not binary";
    if (problem !== null) this.close(TERMINAL_CLOSE_CODES.too_much, problem);
  }

  /** The guest's socket has closed. */
  closed(): void {
    this.#options.guest.closed();
    this.#stop.abort(new AppError("cancelled", "the guest has left"));
  }

  close(code: number, reason: string): void {
    this.#options.guest.close(code, reason);
    this.#stop.abort(new AppError("cancelled", reason));
  }

  /** Until it has ended, and the guest's socket with it. Never rejects. */
  async run(): Promise<void> {
    const { guest, log } = this.#options;
    try {
      const duplex = await this.#open();
      if (duplex !== null) await this.#use(duplex);
    } catch (error) {
      log.error("a terminal's connection failed", { error });
      guest.close(TERMINAL_CLOSE_CODES.try_again, "something failed inside; attach again");
    }
    await guest.whenOver;
  }

  /** Null where the host has not let him in, of which he has been told. */
  async #open(): Promise<Duplex | null> {
    const { ask, clock, guest, told } = this.#options;
    const answered = new AbortController();
    clock.sleep(ANSWER_MS, answered.signal).then(
      () => this.#stop.abort(new AppError("timeout", "the host has not answered in time")),
      () => {}, // it has
    );
    try {
      const answer = await ask(this.#stop.signal);
      if (answer.isUpgraded) return answer;
      throw await refusalOf(answer.response);
    } catch (error) {
      guest.close(closeCodeOf(error), messageOf(error));
      await told.failed(toAppError(error));
      return null;
    } finally {
      answered.abort();
    }
  }

  async #use(duplex: Duplex): Promise<void> {
    const { clock, guest, told } = this.#options;
    const startedMs = clock.monotonicMs();
    const seat = await this.#recorded();
    try {
      await told.begun(seat?.recorder.id ?? null);
    } catch (error) {
      this.close(TERMINAL_CLOSE_CODES.try_again, messageOf(error));
      return;
    } finally {
      if (this.#stop.signal.aborted) seat?.leave();
    }
    const reason = await this.#pass(duplex);
    seat?.leave();
    await told.ended({
      durationMs: Math.round(clock.monotonicMs() - startedMs),
      shownBytes: this.#shown.bytes,
      typedBytes: this.#input.typedBytes,
      reason: guest.closing?.reason ?? reason,
    });
  }

  async #recorded(): Promise<RecorderSeat | null> {
    const { isRecorded, mode, record } = this.#options;
    if (mode === "view") {
      this.#shown.recordedBy(null, await isRecorded());
      return null;
    }
    const seat = await record(() => this.#shown.recordingChanged());
    this.#shown.recordedBy(seat);
    return seat;
  }

  /** Gives why it is over. */
  async #pass({ readable, writable }: Duplex): Promise<string> {
    const { guest } = this.#options;
    const { signal } = this.#stop;
    const sending = this.#sendInput(writable.getWriter()).catch((error) => this.#stop.abort(error));
    let reason = "the host has ended the connection; attach again";
    try {
      await this.#showOutput(readable.getReader());
    } catch (error) {
      // The first that has ended it is why the rest has.
      reason = messageOf(signal.aborted ? signal.reason : error);
    }
    // After an exit this changes nothing.
    guest.close(TERMINAL_CLOSE_CODES.try_again, reason);
    this.#stop.abort(new AppError("cancelled", reason)); // the host's stream is broken off by that
    await sending;
    return reason;
  }

  async #sendInput(writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    const { signal } = this.#stop;
    writer.closed.catch(() => {
      // It breaks with the stream, of which the reader tells.
    });
    while (!signal.aborted) {
      const bytes = this.#input.take();
      await this.#orStop(bytes === null ? this.#input.whenReady : writer.write(bytes));
    }
  }

  async #showOutput(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): Promise<void> {
    const splitter = new FrameSplitter();
    while (!this.#shown.hasExited) {
      const { done, value } = await this.#orStop(reader.read());
      if (done) return;
      for (const message of splitter.take(value)) {
        const room = this.#shown.show(message);
        if (room !== undefined) await this.#orStop(room);
        if (this.#shown.hasExited) return;
      }
    }
  }

  /** Waits for something for as long as this goes on. */
  #orStop<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {
      // It may fail after nobody waits for it any more; whoever does is told below.
    });
    return untilAborted(work, this.#stop.signal);
  }
}

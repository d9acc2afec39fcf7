import { AppError } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import {
  jsonIn,
  outputOf,
  TERMINAL_CLOSE_CODES,
  TERMINAL_FRAMES,
  terminalExit,
  terminalJson,
  terminalState,
} from "../../protocol/mod.ts";
import type { Guest } from "./guest.ts";
import type { RecorderSeat } from "./recording/recorders.ts";

export interface ShownOptions {
  readonly guest: Guest;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What a host sends to one guest: it is recorded where that is to be, and handed on with what the manager adds. */
export class Shown {
  readonly #options: ShownOptions;
  readonly #state = terminalState();
  #seat: RecorderSeat | null = null;
  #isRecordedByOthers = false;
  /** The last state that the host has told, for telling it again with what has changed here. */
  #told: object | null = null;
  #bytes = 0;
  #hasExited = false;

  constructor(options: ShownOptions) {
    this.#options = options;
  }

  /** How much output was shown. */
  get bytes(): number {
    return this.#bytes;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** Says how it is recorded, before anything is shown. */
  recordedBy(seat: RecorderSeat | null, isRecordedByOthers = false): void {
    this.#seat = seat;
    this.#isRecordedByOthers = isRecordedByOthers;
  }

  /** The recording has ended before the terminal. */
  recordingChanged(): void {
    this.#tellState()?.catch(() => {
      // He has left, or reads nothing; whoever shows him the next output finds that out too.
    });
  }

  /** Gives a promise to wait for before more is shown. */
  show(message: Uint8Array<ArrayBuffer>): Promise<unknown> | undefined {
    switch (message[0]) {
      case TERMINAL_FRAMES.output:
        return this.#showOutput(message);
      case TERMINAL_FRAMES.state:
        return this.#showState(message);
      case TERMINAL_FRAMES.exit:
        return this.#showExit(message);
      default:
        return undefined; // a later version's
    }
  }

  #showOutput(message: Uint8Array<ArrayBuffer>): Promise<unknown> | undefined {
    const output = outputOf(message);
    if (output === null) throw new AppError("unavailable", "the host has sent output that is none");
    const room = this.#seat?.recorder.take(output.position, output.bytes);
    this.#bytes += output.bytes.length;
    const sent = this.#send(message);
    return room === undefined ? sent : Promise.all([room, sent]);
  }

  #showState(message: Uint8Array): Promise<void> | undefined {
    const told = jsonIn(message);
    const state = this.#state.safeParse(told);
    if (!state.success) {
      this.#options.log.debug("a host told a state of a terminal that is none", { reason: state.error.message });
      return undefined;
    }
    this.#seat?.recorder.show(state.data.terminal);
    this.#told = told as object; // sound: the schema holds for it; a later version may tell more
    return this.#tellState();
  }

  #tellState(): Promise<void> | undefined {
    if (this.#told === null) return undefined;
    const isRecorded = this.#seat?.recorder.isRecording ?? this.#isRecordedByOthers;
    return this.#send(terminalJson(TERMINAL_FRAMES.state, { ...this.#told, isRecorded }));
  }

  #showExit(message: Uint8Array): Promise<void> | undefined {
    const { success, data } = terminalExit().safeParse(jsonIn(message));
    const exit = success ? data : { reason: "the terminal has ended" };
    this.#hasExited = true;
    const sent = this.#send(terminalJson(TERMINAL_FRAMES.exit, exit));
    this.#seat?.recorder.finish(exit.reason);
    this.#options.guest.close(TERMINAL_CLOSE_CODES.normal, exit.reason);
    return sent;
  }

  #send(message: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    return this.#options.guest.send(message, this.#options.signal);
  }
}

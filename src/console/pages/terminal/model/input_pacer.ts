export interface InputPacerOptions {
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** How much was sent and is still with the browser. */
  readonly bufferedBytes: () => number;
  readonly later: (run: () => void, ms: number) => () => void;
}

/** A shell takes in typed text in lines; a host that is handed more at once than it takes in closes the connection. */
const PORTION_BYTES = 4 * 1024;
const PAUSE_MS = 20;
const MAX_BUFFERED_BYTES = 64 * 1024;
/** Nobody pastes more into a shell and means it. */
export const MAX_INPUT_BYTES = 1024 * 1024;
const INTERRUPT = 0x03;

/** Sends what is typed at once, and what is pasted in portions. Ctrl-C overtakes, and takes back, what still waits. */
export class InputPacer {
  readonly #options: InputPacerOptions;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #waitingBytes = 0;
  #cancel: (() => void) | null = null;

  constructor(options: InputPacerOptions) {
    this.#options = options;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** False where it is more than can wait: then none of it is taken. */
  put(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (bytes.length === 0) return true;
    if (bytes.length === 1 && bytes[0] === INTERRUPT) this.clear();
    if (this.#waitingBytes + bytes.length > MAX_INPUT_BYTES) return false;
    if (this.#cancel === null && bytes.length <= PORTION_BYTES) {
      this.#options.send(bytes);
      return true;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#cancel === null) this.#sendSome();
    return true;
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #sendSome(): void {
    this.#cancel = null;
    const first = this.#waiting[0];
    if (first === undefined) return;
    if (this.#options.bufferedBytes() <= MAX_BUFFERED_BYTES) {
      const portion = first.subarray(0, PORTION_BYTES);
      if (portion.length === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(portion.length);
      this.#waitingBytes -= portion.length;
      this.#options.send(portion);
    }
    this.#cancel = this.#options.later(() => this.#sendSome(), PAUSE_MS);
  }
}

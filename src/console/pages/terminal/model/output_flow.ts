import { joinedBytes } from "../../../../core/mod.ts";

/** What output is shown on, and who is told how far. */
export interface OutputFlowOptions {
  /** Shows bytes; calls back once they were taken in. */
  readonly write: (bytes: Uint8Array<ArrayBuffer>, written: () => void) => void;
  /** Called with the position up to which everything was shown. */
  readonly acknowledge: (position: number) => void;
  /** Output was forgotten before we could get it: what is shown has nothing to do with what comes now. */
  readonly onGap: (missingBytes: number) => void;
  /** Runs something before the next picture is painted; soon, where none is. */
  readonly beforeNextFrame: (run: () => void) => void;
  readonly now: () => number;
}

/** So much at once: it takes a terminal a few milliseconds, and the host hears of it soon enough to have more on its way. */
const BATCH_BYTES = 16 * 1024;
/**
 * Of each frame so long is spent on output, at least; the rest is for what is typed, and for painting. Where painting is
 * slow there are few frames, and each gives as much time to output as it took itself, up to a limit that nobody feels.
 */
const MIN_BUDGET_MS = 12;
const MAX_BUDGET_MS = 40;

interface Piece {
  readonly position: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Passes a terminal's output on as fast as it can be shown and no faster. What came in one go is shown in one go; a flood
 * is shown in batches, for a part of each frame, and the host is told how far that has come: it sends no more than its
 * window beyond. After a new attachment the same bytes may come again, and some may have been forgotten.
 */
export class OutputFlow {
  readonly #options: OutputFlowOptions;
  #pieces: Piece[] = [];
  /** Up to here everything has come; null before the first output. */
  #received: number | null = null;
  #written = 0;
  #acknowledged = -1;
  #replayEnd = 0;
  #frameEndsMs = 0;
  #waitsSinceMs = 0;
  #isBusy = false;
  #isEnded = false;

  constructor(options: OutputFlowOptions) {
    this.#options = options;
  }

  /** What to ask for at the next attachment: how many bytes have come. */
  get received(): number {
    return this.#received ?? 0;
  }

  get waitingBytes(): number {
    return this.received - this.#written;
  }

  /**
   * True while what is written now was printed before we attached. Programs that asked the terminal something then are no
   * longer waiting for the answer; it would be typed into the shell.
   */
  get isReplaying(): boolean {
    return this.#written < this.#replayEnd;
  }

  /** All before this position was printed before we attached. */
  replayUntil(position: number): void {
    this.#replayEnd = Math.max(this.#replayEnd, position);
  }

  /** A new attachment: it knows nothing of what was acknowledged on the one before. */
  attached(): void {
    this.#acknowledged = -1;
    if (!this.#isBusy && this.#pieces.length === 0 && this.#received !== null) this.#acknowledge();
  }

  receive(position: number, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isEnded) return;
    const expected = this.#received ?? position;
    if (this.#received === null) this.#written = position;
    const known = expected - position;
    if (known < 0) this.#skip(position, -known);
    const fresh = known > 0 ? bytes.subarray(known) : bytes;
    if (fresh.length === 0) return;
    this.#pieces.push({ position: Math.max(position, expected), bytes: fresh });
    this.#received = Math.max(position, expected) + fresh.length;
    if (!this.#isBusy) this.#writeSome();
  }

  end(): void {
    this.#isEnded = true;
    this.#pieces = [];
  }

  #skip(position: number, missingBytes: number): void {
    // What still waits is written first: it was printed before the gap.
    for (const piece of this.#pieces.splice(0)) this.#options.write(piece.bytes, () => {});
    this.#options.onGap(missingBytes);
    this.#received = position;
    this.#written = position;
  }

  #writeSome(): void {
    const batch = this.#takeBatch();
    if (batch === null) {
      this.#isBusy = false;
      return;
    }
    const { now } = this.#options;
    if (!this.#isBusy) this.#frameEndsMs = now() + MIN_BUDGET_MS;
    this.#isBusy = true;
    this.#options.write(batch.bytes, () => {
      if (this.#isEnded) return;
      this.#written = Math.max(this.#written, batch.position + batch.bytes.length);
      this.#acknowledge();
      if (this.#pieces.length === 0) {
        this.#isBusy = false;
      } else if (now() < this.#frameEndsMs) {
        this.#writeSome();
      } else {
        this.#waitsSinceMs = now();
        this.#options.beforeNextFrame(() => this.#nextFrame());
      }
    });
  }

  #nextFrame(): void {
    if (this.#isEnded) return;
    const nowMs = this.#options.now();
    const waitedMs = nowMs - this.#waitsSinceMs;
    this.#frameEndsMs = nowMs + Math.min(MAX_BUDGET_MS, Math.max(MIN_BUDGET_MS, waitedMs));
    this.#writeSome();
  }

  #acknowledge(): void {
    if (this.#written === this.#acknowledged) return;
    this.#acknowledged = this.#written;
    this.#options.acknowledge(this.#written);
  }

  /** As much of what waits as fits into a batch, which ends where the replay does. */
  #takeBatch(): Piece | null {
    const first = this.#pieces[0];
    if (first === undefined) return null;
    const { position } = first;
    const end = position < this.#replayEnd ? Math.min(this.#replayEnd, position + BATCH_BYTES) : position + BATCH_BYTES;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let at = position;
    while (at < end) {
      const piece = this.#pieces[0];
      if (piece === undefined) break;
      const part = piece.bytes.subarray(0, end - at);
      parts.push(part);
      at += part.length;
      if (part.length === piece.bytes.length) this.#pieces.shift();
      else this.#pieces[0] = { position: at, bytes: piece.bytes.subarray(part.length) };
    }
    const [only] = parts;
    return { position, bytes: parts.length === 1 && only !== undefined ? only : joinedBytes(parts) };
  }
}

import type { Clock } from "../../core/mod.ts";

/** How long to wait for more once the command itself has ended: whoever still holds its outputs then is a service. */
const QUIET_MS = 500;

/** Reads one output of a command to its end, as fast as somebody takes it. */
export class OutputReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #clock: Clock;
  readonly #ended: AbortSignal;

  /** `ended` aborts when the command has ended. */
  constructor(stream: ReadableStream<Uint8Array>, clock: Clock, ended: AbortSignal) {
    this.#reader = stream.getReader();
    this.#clock = clock;
    this.#ended = ended;
  }

  /** Resolves at the end of the output, however it comes. */
  async each(take: (chunk: Uint8Array) => Promise<void> | void): Promise<void> {
    try {
      for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) await take(chunk);
    } finally {
      await this.#reader.cancel().catch(() => {}); // a pipe that broke needs no letting go of
    }
  }

  async #next(): Promise<Uint8Array | null> {
    const over = new AbortController();
    try {
      return await Promise.race([this.#read(), this.#quiet(over.signal)]);
    } finally {
      over.abort();
    }
  }

  async #read(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.#reader.read();
      return done ? null : value;
    } catch {
      return null; // a pipe that breaks has ended: what came through is all there is
    }
  }

  /** Null when nothing has come for a while after the end. */
  #quiet(over: AbortSignal): Promise<null> {
    return new Promise((resolve) => {
      const wait = () =>
        this.#clock.sleep(QUIET_MS, over).then(() => resolve(null), () => {
          // Something came, or the output has ended.
        });
      if (this.#ended.aborted) return void wait();
      this.#ended.addEventListener("abort", () => void wait(), { once: true, signal: over });
    });
  }
}

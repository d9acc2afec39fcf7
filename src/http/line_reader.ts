import { AppError } from "../core/mod.ts";

/** Lines of text that comes in pieces. One that is longer than allowed is an error, before it fills the memory. */
export class LineReader {
  readonly #maxChars: number;
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** The lines that have ended, without empty ones. */
  *read(chunk: Uint8Array): Generator<string, void> {
    const parts = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = parts.pop() ?? "";
    for (const line of parts) {
      this.#check(line);
      if (line.trim() !== "") yield line;
    }
    this.#check(this.#rest);
  }

  /** What came after the last line break. */
  get rest(): string {
    return this.#rest;
  }

  #check(line: string): void {
    if (line.length <= this.#maxChars) return;
    throw new AppError("unavailable", `A line of the answer has more than ${this.#maxChars} characters`);
  }
}

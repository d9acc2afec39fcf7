import { joinedBytes } from "../../../core/mod.ts";

/** Cuts a stream of bytes into lines, of which none is kept beyond its allowed length. */
export class LineSplitter {
  readonly #maxBytes: number;
  /** The beginning of a line whose end has not come. */
  #rest = new Uint8Array();
  /** The line under way is too long: it is passed over up to its end. */
  #isSkipping = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end within these bytes, without their ends; null for one that was too long. They hold until the next call. */
  *push(bytes: Uint8Array): Generator<Uint8Array | null> {
    let at = 0;
    for (let newline = bytes.indexOf(10); newline >= 0; newline = bytes.indexOf(10, at)) {
      const line = this.#joined(bytes.subarray(at, newline));
      at = newline + 1;
      if (this.#isSkipping) this.#isSkipping = false;
      else yield line.length > this.#maxBytes ? null : line;
    }
    if (this.#isSkipping || at === bytes.length) return;
    const rest = this.#joined(bytes.subarray(at));
    if (rest.length <= this.#maxBytes) this.#rest = rest.slice();
    else {
      this.#isSkipping = true;
      yield null;
    }
  }

  #joined(end: Uint8Array): Uint8Array {
    if (this.#rest.length === 0) return end;
    const whole = joinedBytes([this.#rest, end]);
    this.#rest = new Uint8Array();
    return whole;
  }
}

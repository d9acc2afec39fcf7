import { oneLine } from "../../core/mod.ts";

const ESCAPE = 0x1b;
const BELL = 0x07;
const BACKSLASH = 0x5c;
const BRACKET = 0x5d;
const SEMICOLON = 0x3b;
const ZERO = 0x30;
const TWO = 0x32;
/** Bytes of a title that are read, of which so many characters are told. */
const MAX_BYTES = 1_024;
const MAX_LENGTH = 200;

/** What the bytes so far were: `ESC ] 0 ; text BEL`, or `ESC \` in the place of BEL, or 2 in the place of 0. */
type Place = "text" | "escape" | "command" | "separator" | "title" | "title-escape";

/**
 * Finds the titles that programs give their terminal (OSC 0 and 2 of xterm's control sequences), however the output was cut into
 * pieces. It keeps no more than one title, and skips what has no escape in it without looking at it.
 */
export class TitleReader {
  readonly #bytes = new Uint8Array(MAX_BYTES);
  #length = 0;
  #place: Place = "text";

  /** The last title in there; null when there is none. */
  read(bytes: Uint8Array): string | null {
    let title: string | null = null;
    for (let at = 0; at < bytes.length; at++) {
      if (this.#place === "text") {
        at = bytes.indexOf(ESCAPE, at);
        if (at < 0) return title;
      }
      if (this.#step(bytes[at] ?? 0)) title = this.#title();
    }
    return title;
  }

  /** True at the end of a title. */
  #step(byte: number): boolean {
    const place = this.#place;
    this.#place = this.#next(place, byte);
    if (place === "separator" && this.#place === "title") this.#length = 0;
    if (place === "title" && this.#place === "title" && this.#length < MAX_BYTES) this.#bytes[this.#length++] = byte;
    const isEnd = (place === "title" && byte === BELL) || (place === "title-escape" && byte === BACKSLASH);
    return isEnd;
  }

  #next(place: Place, byte: number): Place {
    if (byte === ESCAPE) return place === "title" ? "title-escape" : "escape";
    switch (place) {
      case "text":
        return "text";
      case "escape":
        return byte === BRACKET ? "command" : "text";
      case "command":
        return byte === ZERO || byte === TWO ? "separator" : "text";
      case "separator":
        return byte === SEMICOLON ? "title" : "text";
      case "title":
        return byte < 0x20 ? "text" : "title"; // BEL ends it, and no other control character belongs into it
      case "title-escape":
        return byte === BRACKET ? "command" : "text";
    }
  }

  #title(): string {
    return oneLine(new TextDecoder().decode(this.#bytes.subarray(0, this.#length)), MAX_LENGTH);
  }
}

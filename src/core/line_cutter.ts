import { joinedBytes } from "./joined_bytes.ts";

const NEWLINE = 10;
/** What is longer is told in parts, so that a command without line breaks fills no memory. */
const MAX_LINE_BYTES = 64 * 1024;

/** Lines of bytes that come in any pieces; characters are never cut. */
export class LineCutter {
  #rest: Uint8Array = new Uint8Array();

  take(bytes: Uint8Array): string[] {
    const all = this.#rest.length === 0 ? bytes : joinedBytes([this.#rest, bytes]);
    const lines: string[] = [];
    let from = 0;
    for (let end = all.indexOf(NEWLINE); end !== -1; end = all.indexOf(NEWLINE, from)) {
      lines.push(textOf(all.subarray(from, end)));
      from = end + 1;
    }
    for (; all.length - from > MAX_LINE_BYTES; from += MAX_LINE_BYTES) {
      lines.push(textOf(all.subarray(from, from + MAX_LINE_BYTES)));
    }
    this.#rest = all.slice(from);
    return lines;
  }

  /** What came after the last line break. */
  end(): string[] {
    const rest = this.#rest;
    this.#rest = new Uint8Array();
    return rest.length === 0 ? [] : [textOf(rest)];
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\r$/, "");
}

import { AppError } from "../core/mod.ts";

/** One event of a `text/event-stream`. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Of one event, and so of one line too, in UTF-16 units. None of ours comes near it. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;

const LINE_END = /\r\n|\r|\n/g;

/**
 * Makes events of the bytes of a stream, which may be cut anywhere: within a character, and between the two characters
 * of a line's end. What the stream ends with that is not a whole event is none.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventReader {
  readonly #maxLength: number;
  readonly #decoder = new TextDecoder(); // leaves out a byte order mark at the start
  /** Pieces of the line that has not ended yet. */
  #pieces: string[] = [];
  #length = 0;
  #skipLineFeed = false;
  #event = "";
  #data: string[] = [];

  constructor({ maxLength = MAX_EVENT_LENGTH }: { maxLength?: number } = {}) {
    this.#maxLength = maxLength;
  }

  /** The events that the next bytes complete. */
  read(bytes: Uint8Array): ServerEvent[] {
    const events: ServerEvent[] = [];
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return events;
    if (this.#skipLineFeed && text.startsWith("\n")) text = text.slice(1);
    this.#skipLineFeed = text.endsWith("\r");
    let start = 0;
    for (const { 0: end, index } of text.matchAll(LINE_END)) {
      this.#keep(text.slice(start, index));
      start = index + end.length;
      const event = this.#endLine();
      if (event !== null) events.push(event);
    }
    this.#keep(text.slice(start));
    return events;
  }

  #keep(piece: string): void {
    if (piece === "") return;
    this.#length += piece.length;
    if (this.#length > this.#maxLength) {
      throw new AppError("unavailable", `An event of the stream has more than ${this.#maxLength} characters`);
    }
    this.#pieces.push(piece);
  }

  #endLine(): ServerEvent | null {
    const line = this.#pieces.length === 1 ? this.#pieces[0] ?? "" : this.#pieces.join("");
    this.#pieces = [];
    if (line === "") return this.#endEvent();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line.charAt(colon + 1) === " " ? colon + 2 : colon + 1);
    if (field === "data") this.#data.push(value);
    else this.#length -= line.length; // only what is kept counts, or comments alone would use up the limit
    if (field === "event") this.#event = value;
    return null;
  }

  /** An event without data is none, as the specification has it. */
  #endEvent(): ServerEvent | null {
    const event = this.#data.length === 0 ? null : { event: this.#event || "message", data: this.#data.join("\n") };
    this.#event = "";
    this.#data = [];
    this.#length = 0;
    return event;
  }
}

import { AppError } from "../../core/mod.ts";
import { MAX_TERMINAL_FRAME_BYTES, TERMINAL_FRAMES } from "./frames.ts";
import { TERMINAL_LIMITS } from "./terminals.ts";

/**
 * The bytes of frames.ts. A `message` here is a frame as a WebSocket carries it: its type and its payload. Whoever reads gets null
 * for what is not as it should be, and decides what that means.
 */

const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;
const POSITION_BYTES = 8;
const SIZE_BYTES = 4;

/** How much output fits into one frame. */
export const MAX_TERMINAL_OUTPUT_BYTES = MAX_TERMINAL_FRAME_BYTES - TYPE_BYTES - POSITION_BYTES;
/** How much input does. */
export const MAX_TERMINAL_INPUT_BYTES = MAX_TERMINAL_FRAME_BYTES - TYPE_BYTES;

export interface TerminalOutput {
  /** Of the first byte, in all output since the shell began. */
  readonly position: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function terminalMessage(type: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(TYPE_BYTES + payload.length);
  message[0] = type;
  message.set(payload, TYPE_BYTES);
  return message;
}

export function terminalInput(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return terminalMessage(TERMINAL_FRAMES.input, bytes);
}

export function terminalResize(cols: number, rows: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(SIZE_BYTES);
  const view = viewOf(payload);
  view.setUint16(0, cols);
  view.setUint16(2, rows);
  return terminalMessage(TERMINAL_FRAMES.resize, payload);
}

export function terminalAcknowledge(position: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(POSITION_BYTES);
  viewOf(payload).setBigUint64(0, BigInt(position));
  return terminalMessage(TERMINAL_FRAMES.acknowledge, payload);
}

export function terminalOutput(position: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(TYPE_BYTES + POSITION_BYTES + bytes.length);
  message[0] = TERMINAL_FRAMES.output;
  viewOf(message).setBigUint64(TYPE_BYTES, BigInt(position));
  message.set(bytes, TYPE_BYTES + POSITION_BYTES);
  return message;
}

/** For `state` and `exit`. */
export function terminalJson(type: number, value: unknown): Uint8Array<ArrayBuffer> {
  return terminalMessage(type, new TextEncoder().encode(JSON.stringify(value)));
}

export function outputOf(message: Uint8Array<ArrayBuffer>): TerminalOutput | null {
  const position = positionIn(message);
  return position === null ? null : { position, bytes: message.subarray(TYPE_BYTES + POSITION_BYTES) };
}

/** Up to where the other side has shown what it was sent. */
export function acknowledgedBy(message: Uint8Array): number | null {
  return message.length === TYPE_BYTES + POSITION_BYTES ? positionIn(message) : null;
}

export function sizeIn(message: Uint8Array): { readonly cols: number; readonly rows: number } | null {
  if (message.length !== TYPE_BYTES + SIZE_BYTES) return null;
  const view = viewOf(message);
  const [cols, rows] = [view.getUint16(TYPE_BYTES), view.getUint16(TYPE_BYTES + 2)];
  return isTerminalSize({ cols, rows }) ? { cols, rows } : null;
}

export function isTerminalSize({ cols, rows }: { readonly cols: number; readonly rows: number }): boolean {
  const { minSide, maxSide } = TERMINAL_LIMITS;
  return [cols, rows].every((side) => side >= minSide && side <= maxSide);
}

/** What the JSON of a `state` or `exit` says; undefined for what is none. It is not checked any further. */
export function jsonIn(message: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(message.subarray(TYPE_BYTES)));
  } catch {
    return undefined; // it is no JSON, which the caller is told so
  }
}

/** A message on the raw bytes of the tunnel. */
export function withLength(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LENGTH_BYTES + message.length);
  viewOf(bytes).setUint32(0, message.length);
  bytes.set(message, LENGTH_BYTES);
  return bytes;
}

/** Takes raw bytes of the tunnel apart, in whatever pieces they come. It never keeps more than one frame. */
export class FrameSplitter {
  readonly #head = new Uint8Array(LENGTH_BYTES);
  #headBytes = 0;
  #message: Uint8Array<ArrayBuffer> | null = null;
  #messageBytes = 0;

  /**
   * The messages that are whole now; parts of `chunk` where they lie in it whole. Throws `invalid_input` for a length that no
   * frame has, after which nothing that follows means anything.
   */
  *take(chunk: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>, void> {
    for (let at = 0; at < chunk.length;) {
      if (this.#message === null && this.#headBytes === 0 && chunk.length - at >= LENGTH_BYTES) {
        const length = checked(viewOf(chunk).getUint32(at));
        if (chunk.length - at - LENGTH_BYTES >= length) {
          at += LENGTH_BYTES;
          yield chunk.subarray(at, at += length);
          continue;
        }
      }
      at += this.#gather(chunk.subarray(at));
      if (this.#message === null || this.#messageBytes < this.#message.length) continue;
      const message = this.#message;
      this.#message = null;
      this.#headBytes = 0;
      yield message;
    }
  }

  /** Copies what belongs to the frame that is not whole yet; gives how much that was. */
  #gather(bytes: Uint8Array): number {
    if (this.#message === null) {
      const taken = bytes.subarray(0, LENGTH_BYTES - this.#headBytes);
      this.#head.set(taken, this.#headBytes);
      this.#headBytes += taken.length;
      if (this.#headBytes === LENGTH_BYTES) {
        this.#message = new Uint8Array(checked(viewOf(this.#head).getUint32(0)));
        this.#messageBytes = 0;
      }
      return taken.length;
    }
    const taken = bytes.subarray(0, this.#message.length - this.#messageBytes);
    this.#message.set(taken, this.#messageBytes);
    this.#messageBytes += taken.length;
    return taken.length;
  }
}

function checked(length: number): number {
  if (length >= TYPE_BYTES && length <= MAX_TERMINAL_FRAME_BYTES) return length;
  throw new AppError("invalid_input", `A frame of a terminal cannot have ${length} bytes`);
}

/** Null for one beyond what a number holds exactly, which no terminal ever prints. */
function positionIn(message: Uint8Array): number | null {
  if (message.length < TYPE_BYTES + POSITION_BYTES) return null;
  const position = Number(viewOf(message).getBigUint64(TYPE_BYTES));
  return Number.isSafeInteger(position) ? position : null;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

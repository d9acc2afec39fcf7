import { AppError } from "../../core/mod.ts";
import { acknowledgedBy, MAX_TERMINAL_FRAME_BYTES, sizeIn, TERMINAL_FRAMES } from "../../protocol/mod.ts";

const LENGTH_BYTES = 4;
const TYPE_BYTES = 1;
/** What stands before the bytes of an output frame: length, type and position. */
export const OUTPUT_HEAD_BYTES = LENGTH_BYTES + TYPE_BYTES + 8;
/** With its head. */
export const MAX_OUTPUT_BYTES = LENGTH_BYTES + MAX_TERMINAL_FRAME_BYTES;

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** Of a frame `resize`. */
export function sizeOf(message: Uint8Array): Size {
  return sizeIn(message) ?? refuse("a size that no terminal has");
}

/** Of a frame `acknowledge`. */
export function positionOf(message: Uint8Array): number {
  return acknowledgedBy(message) ?? refuse("a position that no output has");
}

/**
 * Writes the head of a frame `output` before its bytes, which stand in the buffer already: what is sent most is copied once on
 * its way from what is kept.
 */
export function putOutputHead(frame: Uint8Array, position: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  view.setUint32(0, frame.length - LENGTH_BYTES);
  view.setUint8(LENGTH_BYTES, TERMINAL_FRAMES.output);
  view.setBigUint64(LENGTH_BYTES + TYPE_BYTES, BigInt(position));
}

function refuse(what: string): never {
  throw new AppError("invalid_input", `The terminal's guest has sent ${what}; it was cut off`);
}

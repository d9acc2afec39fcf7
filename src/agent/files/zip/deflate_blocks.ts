import { constants, deflateRawSync } from "node:zlib";

const LEVEL = 3;
/** A block that does not become shorter than this part of itself was not worth the time. */
const WORTH = 0.95;
/** Then so many are stored as they are before it is tried again: films and archives are found out at little cost. */
const REST_BLOCKS = 32;
const MAX_STORED_BYTES = 0xffff;
const STORED_HEAD_BYTES = 5;

/** The last block of a deflate stream, which is empty. https://www.rfc-editor.org/rfc/rfc1951 */
export function lastBlock(): Uint8Array<ArrayBuffer> {
  return new Uint8Array([3, 0]);
}

/**
 * A deflate stream as blocks that each end on a whole byte and know nothing of each other, so that none of it has to be
 * kept: made one at a time, as they are read.
 */
export class DeflateBlocks {
  #rest = 0;

  next(chunk: Uint8Array): Uint8Array {
    if (this.#rest > 0) {
      this.#rest--;
      return stored(chunk);
    }
    const deflated = deflateRawSync(chunk, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH });
    if (deflated.length <= chunk.length * WORTH) return deflated;
    this.#rest = REST_BLOCKS;
    return stored(chunk);
  }
}

function stored(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const count = Math.ceil(chunk.length / MAX_STORED_BYTES);
  const bytes = new Uint8Array(chunk.length + count * STORED_HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  let to = 0;
  for (let from = 0; from < chunk.length; from += MAX_STORED_BYTES) {
    const part = chunk.subarray(from, from + MAX_STORED_BYTES);
    view.setUint16(to + 1, part.length, true);
    view.setUint16(to + 3, ~part.length & 0xffff, true);
    bytes.set(part, to + STORED_HEAD_BYTES);
    to += STORED_HEAD_BYTES + part.length;
  }
  return bytes;
}

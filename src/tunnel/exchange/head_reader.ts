import type { TunnelLimits } from "../limits.ts";
import { readUint32 } from "../yamux/frame.ts";
import type { YamuxStream } from "../yamux/stream.ts";
import { BadHead, checkHeadLength, HEAD_LENGTH_BYTES } from "./head.ts";

/** Takes the head off a stream as it comes. The length is checked when it is there, before any of the head is. */
export class HeadReader {
  readonly #limits: TunnelLimits;
  #lengthBytes: number | null = null;

  constructor(limits: TunnelLimits) {
    this.#limits = limits;
  }

  /** The JSON of the head, or null while it is not whole; throws a BadHead when it cannot become one. */
  read(stream: YamuxStream): Uint8Array | null {
    if (this.#lengthBytes === null && stream.unreadBytes >= HEAD_LENGTH_BYTES) {
      const length = readUint32(stream.takeExactly(HEAD_LENGTH_BYTES), 0);
      checkHeadLength(length, this.#limits);
      this.#lengthBytes = length;
    }
    if (this.#lengthBytes !== null && stream.unreadBytes >= this.#lengthBytes) {
      return stream.takeExactly(this.#lengthBytes);
    }
    if (stream.remoteHasFinished) throw new BadHead(400, "a head that ends too soon");
    return null;
  }
}

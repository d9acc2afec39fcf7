/** Frames of WebSockets and of yamux, right or wrong as one likes. */
import { TUNNEL_PATH, TUNNEL_SUBPROTOCOL } from "../../../src/protocol/mod.ts";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9 } as const;

export interface FrameOptions {
  /** False for a message that goes on. */
  readonly isLast?: boolean;
  readonly isMasked?: boolean;
  /** What the frame says, whatever it holds. */
  readonly length?: number;
}

/** A frame of a client; its mask is zero, so its bytes are themselves. */
export function webSocketFrame(opcode: number, payload: Uint8Array, options: FrameOptions = {}): Uint8Array {
  const { isLast = true, isMasked = true, length = payload.length } = options;
  const mask = isMasked ? 4 : 0;
  const frame = new Uint8Array(10 + mask + payload.length);
  frame[0] = (isLast ? 0x80 : 0) | opcode;
  frame[1] = (isMasked ? 0x80 : 0) | 127;
  new DataView(frame.buffer).setBigUint64(2, BigInt(length));
  frame.set(payload, 10 + mask);
  return frame;
}

export const YAMUX = { data: 0, window: 1, ping: 2, goAway: 3 } as const;
export const SYN = 1;
export const RST = 8;

/** A frame of yamux: its header, and what follows. */
export function yamuxFrame(
  type: number,
  flags: number,
  streamId: number,
  length: number,
  data: Uint8Array = new Uint8Array(),
): Uint8Array {
  const frame = new Uint8Array(12 + data.length);
  const view = new DataView(frame.buffer);
  frame[1] = type;
  view.setUint16(2, flags);
  view.setUint32(4, streamId);
  view.setUint32(8, length);
  frame.set(data, 12);
  return frame;
}

/** The head by which a WebSocket of the tunnel is asked for. */
export function upgradeHead(host: string, ...more: readonly string[]): string[] {
  return [
    `GET ${TUNNEL_PATH} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    `Sec-WebSocket-Protocol: ${TUNNEL_SUBPROTOCOL}`,
    ...more,
  ];
}

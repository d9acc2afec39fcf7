/**
 * The frames of yamux (https://github.com/hashicorp/yamux/blob/master/spec.md) as this program writes and takes them.
 *
 * A frame is a header of 12 bytes, all numbers big-endian, and for data frames as many bytes as `length` says:
 *
 * ```
 *   0         1         2 3            4 5 6 7          8 9 10 11
 *   version   type      flags          stream id        length
 * ```
 *
 * | type            | stream id | length                                   | flags                               |
 * | --------------- | --------- | ---------------------------------------- | ----------------------------------- |
 * | 0 data          | not 0     | bytes that follow                        | any                                 |
 * | 1 window update | not 0     | bytes that may be sent beyond the window | any                                 |
 * | 2 ping          | 0         | opaque, is returned                      | SYN asks, ACK answers: exactly one  |
 * | 3 go away       | 0         | 0 normal, 1 protocol error, 2 internal   | none                                |
 *
 * - SYN on the first frame of a stream opens it, ACK on the first one back accepts it, RST in any place refuses or breaks it.
 *   FIN says that its sender sends no more data after that of the same frame; window updates and RST may still follow. It
 *   is sent in a frame of its own, because hashicorp/yamux heeds it before the data. A stream is over when both sides
 *   have finished, or one has reset it.
 * - The client opens odd ids, the server even ones, each id once. They need not come in order: an implementation may
 *   number first and send later.
 * - Each side of a stream may send 256 KiB before the first window update. More than the window breaks the session.
 * - A frame for a stream that was open once is passed over: it was on its way when the stream ended here. One for a
 *   stream that never was breaks the session.
 * - What breaks the session is answered with go away 1, and the link is closed.
 *
 * Limits, all checked on the header, before anything is kept: version, type, flags, stream id as above; the length of a
 * data frame is at most the window that any stream has here.
 *
 * Ledger of versions: 0 is the only one published, and the only one taken.
 */
export const YAMUX_VERSION = 0;
export const HEADER_BYTES = 12;
export const INITIAL_WINDOW_BYTES = 256 * 1024;
/** A window beyond what a window update can say is a mistake of its owner. */
export const MAX_WINDOW_BYTES = 0xffffffff;
export const MAX_STREAM_ID = 0xffffffff;

export const FRAME = { data: 0, window_update: 1, ping: 2, go_away: 3 } as const;
export const FLAG = { syn: 1, ack: 2, fin: 4, rst: 8 } as const;
export const GO_AWAY = { normal: 0, protocol_error: 1, internal_error: 2 } as const;
export type GoAwayCode = (typeof GO_AWAY)[keyof typeof GO_AWAY];

const ALL_FLAGS = FLAG.syn | FLAG.ack | FLAG.fin | FLAG.rst;

export interface FrameHeader {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly length: number;
}

/** The other side does not speak yamux as written above; the session cannot go on. */
export class ProtocolViolation extends Error {
  override readonly name = "ProtocolViolation";
}

/** Writes a header at a place of a buffer that has room for it. */
export function writeHeader(
  into: Uint8Array,
  at: number,
  type: number,
  flags: number,
  streamId: number,
  length: number,
): void {
  into[at] = YAMUX_VERSION;
  into[at + 1] = type;
  into[at + 2] = flags >>> 8;
  into[at + 3] = flags;
  writeUint32(into, at + 4, streamId);
  writeUint32(into, at + 8, length);
}

/** Reads the header at a place where 12 bytes are; throws a ProtocolViolation for one that breaks the rules above. */
export function readHeader(from: Uint8Array, at: number, maxDataBytes: number): FrameHeader {
  const version = from[at];
  if (version !== YAMUX_VERSION) throw new ProtocolViolation(`version ${version}, only ${YAMUX_VERSION} is known`);
  const header: FrameHeader = {
    type: from[at + 1] ?? 0,
    flags: ((from[at + 2] ?? 0) << 8) | (from[at + 3] ?? 0),
    streamId: readUint32(from, at + 4),
    length: readUint32(from, at + 8),
  };
  const problem = problemOf(header, maxDataBytes);
  if (problem !== null) throw new ProtocolViolation(problem);
  return header;
}

function problemOf({ type, flags, streamId, length }: FrameHeader, maxDataBytes: number): string | null {
  if (type > FRAME.go_away) return `frame of type ${type}`;
  if ((flags & ~ALL_FLAGS) !== 0) return `flags ${flags}`;
  const ofStream = type === FRAME.data || type === FRAME.window_update;
  if (ofStream === (streamId === 0)) return `frame of type ${type} for stream ${streamId}`;
  if (type === FRAME.data && length > maxDataBytes) return `data frame of ${length} bytes, at most ${maxDataBytes}`;
  if (type === FRAME.ping && flags !== FLAG.syn && flags !== FLAG.ack) return `ping with flags ${flags}`;
  if (type === FRAME.go_away && flags !== 0) return `go away with flags ${flags}`;
  return null;
}

export function readUint32(from: Uint8Array, at: number): number {
  return (((from[at] ?? 0) << 24) | ((from[at + 1] ?? 0) << 16) | ((from[at + 2] ?? 0) << 8) | (from[at + 3] ?? 0)) >>>
    0;
}

export function writeUint32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

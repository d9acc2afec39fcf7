/**
 * What goes both ways once somebody is attached to a terminal. On the raw bytes of the tunnel a frame is a u32
 * big-endian length of all that follows, one byte of type, and the payload; in a WebSocket each binary message is a type and
 * a payload without the length. Frames of an unknown type are passed over.
 *
 * Towards the host:
 * - `input` 0x01: bytes as they were typed; passed over from who only views.
 * - `resize` 0x02: u16 columns, u16 rows, big-endian; likewise.
 * - `acknowledge` 0x03: u64 big-endian, the position up to which output has been shown. Whoever is more than
 *   TERMINAL_WINDOW_BYTES behind, or than he shows in a moment, is sent no more until he has caught up: so nothing on
 *   the way has to keep it.
 *
 * From the host:
 * - `output` 0x81: u64 big-endian position of its first byte in all output since the shell began, then the bytes. After attaching the
 *   kept output comes first; its position is greater than what was asked for where some has been forgotten.
 * - `state` 0x82: JSON, terminalState.
 * - `exit` 0x83: JSON, terminalExit; then the stream ends.
 */
export const TERMINAL_FRAMES = {
  input: 0x01,
  resize: 0x02,
  acknowledge: 0x03,
  output: 0x81,
  state: 0x82,
  exit: 0x83,
} as const;

/** How much output may be under way, at most, to one who has not acknowledged it. */
export const TERMINAL_WINDOW_BYTES = 256 * 1024;
/** The longest frame, its type included; output comes in parts that fit. */
export const MAX_TERMINAL_FRAME_BYTES = 64 * 1024;

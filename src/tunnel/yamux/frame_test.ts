import assert from "node:assert/strict";
import fc from "fast-check";
import { FLAG, FRAME, HEADER_BYTES, ProtocolViolation, readHeader, writeHeader } from "./frame.ts";

const WINDOW = 256 * 1024;

/** The bytes as anybody would read them off the wire: every type of frame, and every flag. */
const GOLDEN:
  readonly (readonly [what: string, hex: string, type: number, flags: number, id: number, length: number])[] = [
    ["data", "00 00 0000 00000001 00000005", FRAME.data, 0, 1, 5],
    ["data that opens a stream", "00 00 0001 00000003 00040000", FRAME.data, FLAG.syn, 3, WINDOW],
    ["the last data", "00 00 0004 00000002 00000000", FRAME.data, FLAG.fin, 2, 0],
    ["a whole exchange in one frame", "00 00 0005 00000101 00000080", FRAME.data, FLAG.syn | FLAG.fin, 0x101, 128],
    ["a window update", "00 01 0000 00000001 00020000", FRAME.window_update, 0, 1, 128 * 1024],
    ["an accepted stream", "00 01 0002 fffffffe 00000000", FRAME.window_update, FLAG.ack, 0xfffffffe, 0],
    ["a refused stream", "00 01 0008 00000007 00000000", FRAME.window_update, FLAG.rst, 7, 0],
    ["the largest update", "00 01 0000 ffffffff ffffffff", FRAME.window_update, 0, 0xffffffff, 0xffffffff],
    ["a ping", "00 02 0001 00000000 0000002a", FRAME.ping, FLAG.syn, 0, 42],
    ["its answer", "00 02 0002 00000000 ffffffff", FRAME.ping, FLAG.ack, 0, 0xffffffff],
    ["go away: normal", "00 03 0000 00000000 00000000", FRAME.go_away, 0, 0, 0],
    ["go away: protocol error", "00 03 0000 00000000 00000001", FRAME.go_away, 0, 0, 1],
    ["go away: internal error", "00 03 0000 00000000 00000002", FRAME.go_away, 0, 0, 2],
  ];

for (const [what, hex, type, flags, streamId, length] of GOLDEN) {
  Deno.test(`${what} is ${hex}`, () => {
    const bytes = Uint8Array.fromHex(hex.replaceAll(" ", ""));
    const written = new Uint8Array(HEADER_BYTES);
    writeHeader(written, 0, type, flags, streamId, length);
    assert.deepEqual(written, bytes);
    assert.deepEqual(readHeader(bytes, 0, WINDOW), { type, flags, streamId, length });
  });
}

/** What breaks a rule, each in one member of a header that is right otherwise. */
const WRONG: readonly (readonly [what: string, hex: string])[] = [
  ["another version", "01 00 0000 00000001 00000005"],
  ["an unknown type", "00 04 0000 00000001 00000005"],
  ["an unknown flag", "00 00 0010 00000001 00000005"],
  ["a flag in the upper byte", "00 00 0100 00000001 00000005"],
  ["data for the session", "00 00 0000 00000000 00000005"],
  ["a window update for the session", "00 01 0000 00000000 00000005"],
  ["a ping for a stream", "00 02 0001 00000001 00000005"],
  ["a go away for a stream", "00 03 0000 00000001 00000000"],
  ["a go away with flags", "00 03 0001 00000000 00000000"],
  ["a ping that neither asks nor answers", "00 02 0000 00000000 00000005"],
  ["a ping that does both", "00 02 0003 00000000 00000005"],
  ["data beyond every window", "00 00 0000 00000001 00040001"],
  ["data without end", "00 00 0000 00000001 ffffffff"],
];

for (const [what, hex] of WRONG) {
  Deno.test(`${what} breaks the protocol`, () => {
    const bytes = Uint8Array.fromHex(hex.replaceAll(" ", ""));
    assert.throws(() => readHeader(bytes, 0, WINDOW), ProtocolViolation);
  });
}

Deno.test("any 12 bytes are a header that is written the same again, or a protocol violation", () => {
  const ofBytes = fc.uint8Array({ minLength: HEADER_BYTES, maxLength: HEADER_BYTES });
  const nearlyRight = ofBytes.map((bytes) => {
    bytes[0] = 0;
    bytes[1] = (bytes[1] ?? 0) % 5;
    bytes[2] = 0;
    bytes[3] = (bytes[3] ?? 0) % 18;
    return bytes;
  });
  fc.assert(fc.property(fc.oneof(ofBytes, nearlyRight), (bytes) => {
    try {
      const { type, flags, streamId, length } = readHeader(bytes, 0, WINDOW);
      const again = new Uint8Array(HEADER_BYTES);
      writeHeader(again, 0, type, flags, streamId, length);
      assert.deepEqual(again, bytes);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
    }
  }));
});

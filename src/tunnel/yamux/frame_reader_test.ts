import assert from "node:assert/strict";
import fc from "fast-check";
import { cut } from "../../../tests/helpers/tunnel_pair.ts";
import { FRAME, type FrameHeader, HEADER_BYTES, ProtocolViolation, writeHeader } from "./frame.ts";
import { FrameReader, type FrameSink } from "./frame_reader.ts";

const MAX_DATA = 1024;

interface Frame {
  readonly type: number;
  readonly length: number;
  readonly data: Uint8Array;
}

/** Notes what was read, and how. */
class Notes implements FrameSink {
  readonly frames: { header: FrameHeader; data: number[]; isWhole: boolean }[] = [];

  onFrame(header: FrameHeader): void {
    this.frames.push({ header, data: [], isWhole: header.type !== FRAME.data || header.length === 0 });
  }

  onData(bytes: Uint8Array, isLast: boolean): void {
    const frame = this.frames.at(-1);
    assert.ok(frame !== undefined && !frame.isWhole && bytes.length > 0);
    frame.data.push(...bytes);
    frame.isWhole = isLast;
  }
}

const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((data) => ({ type: FRAME.data, length: data.length, data })),
  fc.nat(1000).map((length) => ({ type: FRAME.window_update, length, data: new Uint8Array() })),
);

function bytesOf(list: readonly Frame[]): Uint8Array {
  return Uint8Array.from(list.flatMap(({ type, length, data }) => {
    const header = new Uint8Array(HEADER_BYTES);
    writeHeader(header, 0, type, 0, 1, length);
    return [...header, ...data];
  }));
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

Deno.test("frames are the same however the bytes are cut into messages", () => {
  fc.assert(fc.property(fc.array(frames, { maxLength: 20 }), sizes, (list, cuts) => {
    const notes = new Notes();
    const reader = new FrameReader(notes, MAX_DATA);
    for (const message of cut(bytesOf(list), cuts)) reader.read(message);
    assert.deepEqual(
      notes.frames.map(({ header, data, isWhole }) => ({ type: header.type, length: header.length, data, isWhole })),
      list.map(({ type, length, data }) => ({ type, length, data: [...data], isWhole: true })),
    );
  }));
});

Deno.test("any damage to the bytes gives frames or a protocol violation, and nothing else", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
  fc.assert(fc.property(fc.array(frames, { minLength: 1, maxLength: 20 }), damage, sizes, (list, places, cuts) => {
    const bytes = bytesOf(list);
    for (const [place, value] of places) bytes[place % bytes.length] = value;
    const reader = new FrameReader({ onFrame() {}, onData() {} }, MAX_DATA);
    try {
      for (const message of cut(bytes, cuts)) reader.read(message);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
    }
  }));
});

Deno.test("a stopped reader leaves the rest of its message", () => {
  const notes = new Notes();
  const reader: FrameReader = new FrameReader({
    onFrame(header) {
      notes.onFrame(header);
      reader.stop();
    },
    onData: () => assert.fail("the data was read"),
  }, MAX_DATA);
  reader.read(bytesOf([{ type: FRAME.data, length: 2, data: Uint8Array.of(1, 2) }]));
  assert.equal(notes.frames.length, 1);
});

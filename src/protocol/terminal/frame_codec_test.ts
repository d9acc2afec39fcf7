import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError, joinedBytes } from "../../core/mod.ts";
import {
  acknowledgedBy,
  FrameSplitter,
  isTerminalSize,
  jsonIn,
  MAX_TERMINAL_INPUT_BYTES,
  MAX_TERMINAL_OUTPUT_BYTES,
  outputOf,
  sizeIn,
  terminalAcknowledge,
  terminalInput,
  terminalJson,
  terminalMessage,
  terminalOutput,
  terminalResize,
  withLength,
} from "./frame_codec.ts";
import { MAX_TERMINAL_FRAME_BYTES, TERMINAL_FRAMES } from "./frames.ts";

const position = fc.maxSafeNat();
const bytes = (max = 50) => fc.uint8Array({ maxLength: max }).map((each) => Uint8Array.from(each));

Deno.test("a size is one that a terminal can have", () => {
  for (const [cols, rows] of [[1, 1], [80, 24], [1, 1_000]] as const) assert.ok(isTerminalSize({ cols, rows }));
  for (const [cols, rows] of [[NaN, 24], [80, 1_001], [0, 24], [80, -1], [Infinity, 24]] as const) {
    assert.ok(!isTerminalSize({ cols, rows }), `${cols} ${rows}`);
  }
});

Deno.test("what is written into a frame is read from it", () => {
  fc.assert(fc.property(position, bytes(), (at, some) => {
    const output = outputOf(terminalOutput(at, some));
    assert.deepEqual([output?.position, output?.bytes], [at, some]);
    assert.equal(acknowledgedBy(terminalAcknowledge(at)), at);
    assert.deepEqual(terminalInput(some), terminalMessage(TERMINAL_FRAMES.input, some));
  }));
  fc.assert(fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }), (cols, rows) => {
    assert.deepEqual(sizeIn(terminalResize(cols, rows)), { cols, rows });
  }));
  const told = { reason: "the shell has ended 😀", exitCode: 3 };
  assert.deepEqual(jsonIn(terminalJson(TERMINAL_FRAMES.exit, told)), told);
  assert.equal(terminalOutput(1, new Uint8Array(MAX_TERMINAL_OUTPUT_BYTES)).length, MAX_TERMINAL_FRAME_BYTES);
  assert.equal(terminalInput(new Uint8Array(MAX_TERMINAL_INPUT_BYTES)).length, MAX_TERMINAL_FRAME_BYTES);
});

Deno.test("the bytes are those that frames.ts tells of", () => {
  assert.deepEqual([...withLength(terminalResize(80, 258))], [0, 0, 0, 5, 0x02, 0, 80, 1, 2]);
  assert.deepEqual([...terminalAcknowledge(2 ** 40 + 7)], [0x03, 0, 0, 1, 0, 0, 0, 0, 7]);
  assert.deepEqual([...terminalOutput(5, Uint8Array.of(65))], [0x81, 0, 0, 0, 0, 0, 0, 0, 5, 65]);
});

Deno.test("any bytes are a message or null, and never throw", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (some) => {
    const message = Uint8Array.from(some);
    const size = sizeIn(message);
    assert.ok(size === null || (size.cols >= 1 && size.rows <= 1_000));
    for (const at of [outputOf(message)?.position ?? 0, acknowledgedBy(message) ?? 0]) {
      assert.ok(Number.isSafeInteger(at) && at >= 0);
    }
    jsonIn(message);
  }));
  assert.equal(outputOf(new Uint8Array(9).fill(0xff)), null, "beyond what a number holds");
  assert.equal(sizeIn(terminalResize(0, 24)), null);
  assert.equal(sizeIn(terminalResize(80, 1_001)), null);
});

Deno.test("frames come out of the bytes whole, in whatever pieces these come", () => {
  const messages = fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { maxLength: 8 });
  fc.assert(fc.property(messages, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (all, sizes) => {
    const raw = joinedBytes(all.map(withLength));
    const splitter = new FrameSplitter();
    const found: number[][] = [];
    for (let at = 0, turn = 0; at < raw.length; turn++) {
      const end = at + (sizes[turn % sizes.length] ?? 1);
      for (const message of splitter.take(raw.slice(at, end))) found.push([...message]);
      at = end;
    }
    assert.deepEqual(found, all.map((each) => [...each]));
  }));
});

Deno.test("a length that no frame has is refused before anything is kept for it", () => {
  for (const length of [0, MAX_TERMINAL_FRAME_BYTES + 1, 0xffff_ffff]) {
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint32(0, length);
    for (const pieces of [[head], [head.slice(0, 2), head.slice(2)]]) {
      const splitter = new FrameSplitter();
      const isRefused = (error: unknown) => error instanceof AppError && error.code === "invalid_input";
      assert.throws(() => pieces.forEach((piece) => void [...splitter.take(piece)]), isRefused, String(length));
    }
  }
});

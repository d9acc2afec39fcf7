import assert from "node:assert/strict";
import { FrameSplitter, outputOf, terminalAcknowledge, terminalInput, terminalResize } from "../../protocol/mod.ts";
import { OUTPUT_HEAD_BYTES, positionOf, putOutputHead, sizeOf } from "./frames.ts";

Deno.test("sizes and positions are read, and refused where no terminal has them", () => {
  assert.deepEqual(sizeOf(terminalResize(132, 43)), { cols: 132, rows: 43 });
  assert.equal(positionOf(terminalAcknowledge(2 ** 40 + 5)), 2 ** 40 + 5);
  const refused = { code: "invalid_input" };
  for (const message of [terminalResize(0, 24), terminalResize(80, 1_001), terminalInput(new Uint8Array(3))]) {
    assert.throws(() => sizeOf(message), refused, `${message}`);
  }
  assert.throws(() => positionOf(new Uint8Array(8)), refused);
  assert.throws(() => positionOf(new Uint8Array(9).fill(255)), refused);
});

Deno.test("the head that is put before output makes a frame of it", () => {
  const frame = new Uint8Array(OUTPUT_HEAD_BYTES + 3).fill(9);
  putOutputHead(frame, 2 ** 40 + 5);
  const [message = assert.fail(), ...others] = new FrameSplitter().take(frame);
  assert.equal(others.length, 0);
  assert.deepEqual(outputOf(message), { position: 2 ** 40 + 5, bytes: new Uint8Array(3).fill(9) });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { attribute, eachMessage, encodeRequest } from "./netlink.ts";

const DONE = 3;

/** A message with its header, and the next one after it at a multiple of four. */
function message(type: number, body: readonly number[]): number[] {
  const size = 16 + body.length;
  const bytes = [size & 0xff, size >> 8, 0, 0, type, ...Array<number>(11).fill(0), ...body];
  while (bytes.length % 4 !== 0) bytes.push(0);
  return bytes;
}

function read(bytes: readonly number[], length = bytes.length) {
  const found: [type: number, body: number[]][] = [];
  const end = eachMessage(new Uint8Array(bytes), length, ({ type, body }) => {
    found.push([type, [...new Uint8Array(body.buffer, body.byteOffset, body.byteLength)]]);
  });
  return { end, found };
}

Deno.test("messages that came together are read one by one, until the last", () => {
  const bytes = [...message(20, [1, 2, 3]), ...message(21, [4])];
  assert.deepEqual(read(bytes), { end: "more", found: [[20, [1, 2, 3]], [21, [4]]] });
  const last = [...bytes, ...message(DONE, [0, 0, 0, 0]), ...message(22, [5])];
  assert.deepEqual(read(last), { end: "done", found: [[20, [1, 2, 3]], [21, [4]]] });
});

Deno.test("a refusal, or a message that is cut, ends the reading", () => {
  assert.deepEqual(read(message(2, [0xfe, 0xff, 0xff, 0xff])), { end: "refused", found: [] });
  assert.equal(read(message(20, [1, 2, 3]), 17).end, "refused");
  assert.equal(read([...message(20, [1]), 0, 0, 0, 0, ...Array<number>(12).fill(0)]).end, "refused", "of no length");
});

Deno.test("who has enough stops the reading", () => {
  assert.equal(eachMessage(new Uint8Array(message(20, [1])), 20, () => false), "stopped");
});

Deno.test("a request asks for all", () => {
  const request = encodeRequest(18, new Uint8Array([9, 8, 7, 6]));
  assert.deepEqual([...request.subarray(0, 8), ...request.subarray(16)], [20, 0, 0, 0, 18, 0, 1, 3, 9, 8, 7, 6]);
});

Deno.test("an attribute is found among others, and one that is cut is none", () => {
  const body = new DataView(new Uint8Array([0, 0, 0, 0, 5, 0, 1, 0, 77, 0, 0, 0, 6, 0, 3, 0, 8, 9]).buffer);
  assert.deepEqual([...attribute(body, 4, 3) ?? []], [8, 9]);
  assert.deepEqual([...attribute(body, 4, 1) ?? []], [77]);
  assert.equal(attribute(body, 4, 2), null);
  assert.equal(attribute(new DataView(body.buffer, 0, 17), 4, 3), null);
});

Deno.test("whatever bytes come, the reading ends and touches nothing beyond them", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(300), (bytes, length) => {
    eachMessage(new Uint8Array(bytes), length, ({ body }) => {
      assert.ok(body.byteOffset + body.byteLength <= bytes.length);
      for (let type = 0; type < 8; type++) attribute(body, 4, type);
    });
  }));
});

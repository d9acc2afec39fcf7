import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_STREAM_ID, ProtocolViolation } from "./frame.ts";
import { StreamIds } from "./stream_ids.ts";

Deno.test("the client opens odd ids and the server even ones, up to the last", () => {
  const client = new StreamIds("client");
  assert.deepEqual([client.next(), client.next()], [1, 3]);
  const server = new StreamIds("server");
  assert.deepEqual([server.next(), server.next()], [2, 4]);
  const last = new StreamIds("client", MAX_STREAM_ID);
  assert.deepEqual([last.next(), last.next()], [MAX_STREAM_ID, null]);
});

Deno.test("an id of this side cannot be opened by the other", () => {
  assert.throws(() => new StreamIds("client").useTheirs(1), ProtocolViolation);
  assert.throws(() => new StreamIds("server").useTheirs(2), ProtocolViolation);
});

Deno.test("each id of the other side is taken once, also when they come out of order", () => {
  const shuffled = fc.uniqueArray(fc.nat(400), { maxLength: 200 });
  fc.assert(fc.property(shuffled, fc.nat(), (numbers, again) => {
    const ids = new StreamIds("server");
    for (const number of numbers) ids.useTheirs(number * 2 + 1);
    for (const number of numbers) assert.ok(ids.wasUsed(number * 2 + 1));
    const used = numbers[again % numbers.length];
    if (used !== undefined) assert.throws(() => ids.useTheirs(used * 2 + 1), ProtocolViolation);
  }));
});

Deno.test("an id that was skipped long ago is not taken any more", () => {
  const ids = new StreamIds("server");
  for (let id = 3; id < 20_000; id += 4) ids.useTheirs(id);
  assert.throws(() => ids.useTheirs(1), ProtocolViolation);
  ids.useTheirs(20_001 - 4);
});

Deno.test("ids that nobody has used are known as such", () => {
  const ids = new StreamIds("client");
  assert.equal(ids.wasUsed(1), false);
  ids.next();
  assert.equal(ids.wasUsed(1), true);
  assert.equal(ids.wasUsed(2), false);
  ids.useTheirs(4);
  assert.deepEqual([2, 4, 6].map((id) => ids.wasUsed(id)), [true, true, false]);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FIRST_REQUEST_MS,
  IDLE_MS,
  isCrowded,
  isGreedy,
  isLate,
  isStranger,
  MANY_REQUESTS,
  MAX_FIRST_MESSAGE_BYTES,
  MAX_MESSAGE_BYTES,
  outOfRoom,
} from "./judgement.ts";
import { Visitor } from "./visitor.ts";

function visitor(change: Partial<Visitor> = {}, address = "192.0.2.1", sinceMs = 0): Visitor {
  return Object.assign(new Visitor(address, sinceMs, { hasUnwanted: false }), change);
}

Deno.test("who never asks for anything, or stops asking, is late; who is being answered or holds a WebSocket is not", () => {
  const cases: [Partial<Visitor>, latestMs: number][] = [
    [{}, FIRST_REQUEST_MS],
    [{ requests: 1, activeMs: 5_000 }, 5_000 + IDLE_MS],
    [{ requests: 1, underWay: 1 }, Infinity],
    [{ requests: 1, isSocket: true }, Infinity],
  ];
  for (const [change, latestMs] of cases) {
    const before = Math.min(latestMs - 1, Number.MAX_SAFE_INTEGER);
    assert.deepEqual([isLate(visitor(change), before), isLate(visitor(change), latestMs)], [
      false,
      Number.isFinite(latestMs),
    ]);
  }
});

Deno.test("a message that is longer than any may be is greedy, the first one sooner", () => {
  const socket = { isSocket: true, isHeard: true, readBytes: 1_000 };
  const first = visitor(socket);
  assert.equal(isGreedy(first, 1_000 + MAX_FIRST_MESSAGE_BYTES), false);
  assert.equal(isGreedy(first, 1_001 + MAX_FIRST_MESSAGE_BYTES), true);
  const later = visitor({ ...socket, hasSpoken: true });
  assert.equal(isGreedy(later, 1_000 + MAX_MESSAGE_BYTES), false);
  assert.equal(isGreedy(later, 1_001 + MAX_MESSAGE_BYTES), true);
  for (const unknown of [{ readBytes: null }, { isHeard: false }]) {
    assert.equal(isGreedy(visitor({ ...socket, ...unknown }), 1e12), false);
  }
  assert.equal(isGreedy(first, null), false);
});

Deno.test("many requests of nobody in particular are greedy, those of who is known are not", () => {
  assert.equal(isGreedy(visitor({ lately: MANY_REQUESTS }), null), true);
  assert.equal(isGreedy(visitor({ lately: MANY_REQUESTS - 1 }), null), false);
  assert.equal(isGreedy(visitor({ lately: MANY_REQUESTS, isKnown: true }), null), false);
});

Deno.test("only those are strangers who have not shown who they are", () => {
  assert.deepEqual([{}, { isKnown: true }, { isSocket: true }].map((change) => isStranger(visitor(change))), [
    true,
    false,
    false,
  ]);
});

Deno.test("whoever has most connections loses his oldest first", () => {
  const many = Array.from({ length: 500 }, (_, at) => visitor({}, "203.0.113.9", at));
  const few = [visitor({}, "192.0.2.1", 0), visitor({}, "192.0.2.2", 0)];
  const victims = outOfRoom([...few, ...many], 800, 1_000);
  // Half of a thousand files, of which 298 are others'.
  assert.equal(victims.length, 300);
  assert.deepEqual(new Set(victims), new Set(many.slice(0, 300)));
});

Deno.test("room is made as far as strangers can make it, and never by taking the last of them", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ address: fc.nat(5), sinceMs: fc.nat(1_000) }), { maxLength: 300 }),
    fc.nat(2_000),
    fc.integer({ min: 1, max: 2_000 }),
    (all, others, mostFiles) => {
      const strangers = all.map(({ address, sinceMs }) => visitor({}, `192.0.2.${address}`, sinceMs));
      const victims = outOfRoom(strangers, others + strangers.length, mostFiles);
      assert.equal(new Set(victims).size, victims.length);
      const left = strangers.length - victims.length;
      assert.ok(left >= Math.min(strangers.length, 50));
      if (victims.length === 0) return;
      const counted = (of: readonly Visitor[]) => Map.groupBy(of, ({ address }) => address);
      const kept = counted(strangers.filter((one) => !victims.includes(one)));
      const most = Math.max(...[...kept.values()].map(({ length }) => length));
      // Whoever lost some has no fewer left than anybody, but for one.
      for (const address of counted(victims).keys()) assert.ok((kept.get(address)?.length ?? 0) >= most - 1);
    },
  ));
});

Deno.test("files are scarce from three quarters on, and when none can be opened", () => {
  assert.deepEqual([isCrowded(750, 1_000), isCrowded(751, 1_000), isCrowded(Infinity, 1_000)], [false, true, true]);
  assert.equal(isCrowded(1e9, Infinity), false);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { TERMINAL_WINDOW_BYTES } from "../../protocol/mod.ts";
import { ByteRing } from "./byte_ring.ts";
import { GuestFlow } from "./guest_flow.ts";
import { MIN_WINDOW_BYTES } from "./guest_window.ts";

const RING_BYTES = 1_000_000;

function ringOf(count: number): ByteRing {
  const ring = new ByteRing(RING_BYTES);
  for (let left = count; left > 0; left -= 50_000) ring.append(new Uint8Array(Math.min(left, 50_000)));
  return ring;
}

/** At one moment, as though the way took no time. */
const NOW_MS = 1_000;

function sendAll(flow: GuestFlow, ring: ByteRing): number {
  let sent = 0;
  for (let bytes = flow.sendableBytes(ring, NOW_MS); bytes > 0; bytes = flow.sendableBytes(ring, NOW_MS)) {
    flow.took(bytes, NOW_MS);
    sent += bytes;
  }
  return sent;
}

Deno.test("a guest begins where he asks, at the oldest there is, or at the end", () => {
  const ring = ringOf(2_500_000);
  assert.equal(new GuestFlow(ring, 2_000_000).sent, 2_000_000);
  assert.equal(new GuestFlow(ring, 0).sent, ring.start);
  assert.equal(new GuestFlow(ring, 10 ** 14).sent, ring.end);
});

Deno.test("no more is under way than the window, and each acknowledgement makes room for as much", () => {
  const ring = ringOf(900_000);
  const flow = new GuestFlow(ring, 0);
  assert.equal(sendAll(flow, ring), MIN_WINDOW_BYTES);
  assert.equal(flow.behindBytes(ring), 900_000);
  flow.acknowledge(10_000, NOW_MS);
  assert.equal(sendAll(flow, ring), 10_000);
  flow.acknowledge(5_000, NOW_MS);
  assert.equal(sendAll(flow, ring), 0, "an older one changes nothing");
  flow.acknowledge(10 ** 15, NOW_MS);
  assert.equal(flow.inFlightBytes, 0, "nor can he have seen what was not sent");
  for (const more of [2, 4, 4]) {
    assert.equal(sendAll(flow, ring), Math.min(TERMINAL_WINDOW_BYTES, more * MIN_WINDOW_BYTES));
    flow.acknowledge(flow.sent, NOW_MS);
  }
});

Deno.test("who has missed what is forgotten goes on with the newest, once he has caught up", () => {
  const ring = ringOf(300_000);
  const flow = new GuestFlow(ring, 0);
  sendAll(flow, ring);
  for (let round = 0; round < 60; round++) ring.append(new Uint8Array(50_000));
  assert.equal(sendAll(flow, ring), 0);
  flow.acknowledge(10_000, NOW_MS);
  const before = flow.sent;
  assert.equal(sendAll(flow, ring), 10_000, "no more than he has acknowledged");
  assert.ok(flow.sent > ring.end - 70_000, `from ${before} to ${flow.sent}`);
  flow.acknowledge(before, NOW_MS);
  flow.acknowledge((before + flow.sent) / 2, NOW_MS);
  assert.equal(flow.inFlightBytes, 10_000, "between the two there is nothing to acknowledge");
  flow.acknowledge(flow.sent, NOW_MS);
  assert.equal(flow.inFlightBytes, 0);
  sendAll(flow, ring);
  assert.equal(flow.sent, ring.end);
});

Deno.test("before one who is slow little waits, and what he cannot show soon need not be printed yet", () => {
  const ring = ringOf(900_000);
  const flow = new GuestFlow(ring, 0);
  let nowMs = NOW_MS;
  flow.took(1_000, nowMs);
  flow.acknowledge(1_000, nowMs += 10);
  for (let round = 0; round < 3; round++) {
    flow.took(flow.sendableBytes(ring, nowMs), nowMs);
    flow.acknowledge(flow.sent, nowMs += 200);
  }
  assert.equal(flow.sendableBytes(ring, nowMs), MIN_WINDOW_BYTES);
  assert.equal(flow.isBehind(ring, nowMs), true);
  flow.took(ring.end - flow.sent, nowMs);
  flow.acknowledge(ring.end - MIN_WINDOW_BYTES, nowMs);
  assert.equal(flow.isBehind(ring, nowMs), false);
});

Deno.test("whatever is printed and acknowledged, what is under way stays within the window, and an honest guest gets on", () => {
  const step = fc.record({
    print: fc.integer({ min: 0, max: 600_000 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    wild: fc.boolean(),
    waitMs: fc.integer({ min: 0, max: 8_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const ring = new ByteRing(RING_BYTES);
      const flow = new GuestFlow(ring, 0);
      let nowMs = NOW_MS;
      for (const { print, part, wild, waitMs } of steps) {
        ring.append(new Uint8Array(print));
        nowMs += waitMs;
        for (let bytes = flow.sendableBytes(ring, nowMs); bytes > 0; bytes = flow.sendableBytes(ring, nowMs)) {
          assert.ok(flow.sent >= ring.start && flow.sent + bytes <= ring.end);
          flow.took(bytes, nowMs);
        }
        assert.ok(flow.inFlightBytes >= 0 && flow.inFlightBytes <= TERMINAL_WINDOW_BYTES);
        nowMs += waitMs;
        flow.acknowledge(wild ? Math.floor(part * 2 ** 50) : Math.floor(flow.sent * part), nowMs);
      }
      for (let round = 0; round < 40 && flow.behindBytes(ring) > 0; round++) {
        nowMs += 1;
        const bytes = flow.sendableBytes(ring, nowMs);
        flow.took(bytes, nowMs);
        flow.acknowledge(flow.sent, nowMs);
      }
      assert.deepEqual([flow.sent, flow.behindBytes(ring)], [ring.end, 0]);
    }),
    { numRuns: 100 },
  );
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../../../core/mod.ts";
import { Doorway } from "./doorway.ts";

const LIMITS = { perAddress: 3, inAll: 5, burst: 10, perSecond: 2 };

function refusal(door: Doorway, address: string, nowMs: number): string | null {
  try {
    door.admit(address, nowMs);
    return null;
  } catch (error) {
    assert.ok(error instanceof AppError && error.retryable);
    return error.code;
  }
}

Deno.test("an address that holds too many connections harms itself alone", () => {
  const door = new Doorway(LIMITS);
  assert.deepEqual([1, 2, 3, 4].map(() => door.enter("192.0.2.1", 0)), [true, true, true, false]);
  assert.equal(door.enter("192.0.2.2", 0), true);
  door.leave("192.0.2.1");
  door.leave("192.0.2.1");
  assert.equal(door.enter("192.0.2.1", 0), true);
});

Deno.test("over all addresses there is a limit too, and beyond it nobody gets a WebSocket", () => {
  const door = new Doorway(LIMITS);
  for (let at = 0; at < 20; at++) assert.equal(door.enter(`192.0.2.${at}`, 0), at < 5);
  assert.equal(refusal(door, "198.51.100.1", 0), "unavailable");
  door.leave("192.0.2.1");
  assert.equal(refusal(door, "198.51.100.1", 0), null);
});

Deno.test("an address that keeps hold of those that it was refused is not let near any more", () => {
  const door = new Doorway({ ...LIMITS, inAll: 1_000, burst: 1_000 });
  for (let at = 0; at < 12; at++) {
    assert.equal(refusal(door, "192.0.2.1", 0), null);
    door.enter("192.0.2.1", 0);
  }
  assert.equal(refusal(door, "192.0.2.1", 0), "rate_limited");
  assert.equal(refusal(door, "192.0.2.2", 0), null);
});

Deno.test("connections in quick succession are let in at a pace after the first ones", () => {
  const door = new Doorway(LIMITS);
  const once = (nowMs: number) => {
    const isIn = door.enter("192.0.2.1", nowMs);
    door.leave("192.0.2.1");
    return isIn;
  };
  assert.deepEqual(Array.from({ length: 12 }, () => once(0)).filter(Boolean).length, 10);
  assert.deepEqual([once(400), once(1_000), once(1_000)], [false, true, false]);
  door.sweep(100_000);
  assert.equal(once(100_000), true);
});

Deno.test("what has entered has left when all have, in whatever order they do", () => {
  const steps = fc.array(fc.tuple(fc.nat(4), fc.boolean(), fc.nat(1_000)), { maxLength: 300 });
  fc.assert(fc.property(steps, (all) => {
    const door = new Doorway(LIMITS);
    const inside: string[] = [];
    let nowMs = 0;
    for (const [number, enters, afterMs] of all) {
      nowMs += afterMs;
      const address = `192.0.2.${number}`;
      if (enters) {
        const [mine, held] = [inside.filter((one) => one === address).length, inside.length];
        const isIn = door.enter(address, nowMs);
        assert.ok(!isIn || (mine < LIMITS.perAddress && held < LIMITS.inAll));
        inside.push(address);
      } else if (inside.includes(address)) {
        inside.splice(inside.indexOf(address), 1);
        door.leave(address);
      }
      door.sweep(nowMs);
      assert.equal(door.held, inside.length);
    }
  }));
});

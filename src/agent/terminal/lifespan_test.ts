import assert from "node:assert/strict";
import fc from "fast-check";
import { endOf } from "./lifespan.ts";

const LIMITS = { keepMs: 600_000, idleMs: 3_600_000, lifetimeMs: 86_400_000 };

Deno.test("a terminal that everybody has left waits for a while, from the last one's leaving on", () => {
  const facts = { openedAtMs: 0, activeAtMs: 90_000, leftAtMs: 100_000 };
  assert.deepEqual(endOf(facts, LIMITS), { atMs: 700_000, reason: "nobody came back to it within 10m" });
});

Deno.test("one that is attended ends when it is idle, and one that is busy when it is too old", () => {
  const idle = endOf({ openedAtMs: 0, activeAtMs: 50_000, leftAtMs: null }, LIMITS);
  assert.deepEqual(idle, { atMs: 3_650_000, reason: "idle for 1h" });
  const old = endOf({ openedAtMs: 0, activeAtMs: 86_000_000, leftAtMs: null }, LIMITS);
  assert.deepEqual(old, { atMs: 86_400_000, reason: "open for 1d, as long as one may be" });
});

Deno.test("limits that are off end nothing", () => {
  const off = { keepMs: 1, idleMs: 0, lifetimeMs: 0 };
  assert.equal(endOf({ openedAtMs: 0, activeAtMs: 0, leftAtMs: null }, off), null);
  assert.equal(endOf({ openedAtMs: 0, activeAtMs: 0, leftAtMs: 5 }, off)?.atMs, 6);
});

Deno.test("the first of the limits counts, and none ever ends one before it", () => {
  const ms = fc.nat({ max: 10 ** 9 });
  fc.assert(
    fc.property(ms, ms, fc.option(ms), ms, ms, ms, (openedAtMs, activeAtMs, leftAtMs, keepMs, idleMs, lifetimeMs) => {
      const end = endOf({ openedAtMs, activeAtMs, leftAtMs }, { keepMs, idleMs, lifetimeMs });
      const due = [
        ...(leftAtMs === null ? [] : [leftAtMs + keepMs]),
        ...(idleMs === 0 ? [] : [activeAtMs + idleMs]),
        ...(lifetimeMs === 0 ? [] : [openedAtMs + lifetimeMs]),
      ];
      assert.equal(end?.atMs ?? Infinity, Math.min(...due));
    }),
  );
});

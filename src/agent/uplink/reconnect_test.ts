import assert from "node:assert/strict";
import fc from "fast-check";
import { afterTry, FIRST_TRY, type RetryLimits, type Tries, type TryEnd } from "./reconnect.ts";

const LIMITS: RetryLimits = { addresses: 1, maxMs: 60_000, random: 1 };
const FAILED: TryEnd = { kind: "failed", isHopeful: true };

/** The waits after each of these, one after the other, and where the next try goes. */
function run(ends: readonly TryEnd[], limits: Partial<RetryLimits> = {}) {
  let tries: Tries = FIRST_TRY;
  const waits: number[] = [];
  const addresses: number[] = [];
  for (const end of ends) {
    const next = afterTry(tries, end, { ...LIMITS, ...limits });
    tries = next.tries;
    waits.push(next.waitMs);
    addresses.push(tries.address);
  }
  return { waits, addresses, tries };
}

Deno.test("waits grow from a second to the longest, and all of each is random", () => {
  const ends = Array.from({ length: 8 }, () => FAILED);
  assert.deepEqual(run(ends).waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  assert.deepEqual(run(ends, { random: 0 }).waits, Array(8).fill(0));
  assert.deepEqual(run(ends, { maxMs: 3_000 }).waits.slice(-1), [3_000]);
});

Deno.test("several addresses are tried in turn, and only then is there a wait", () => {
  const { waits, addresses } = run([FAILED, FAILED, FAILED, FAILED, FAILED], { addresses: 3 });
  assert.deepEqual(waits, [0, 0, 1_000, 0, 0]);
  assert.deepEqual(addresses, [1, 2, 0, 1, 2]);
});

Deno.test("a good connection that ended is tried again soon at its address; bad ones ever later", () => {
  const good: TryEnd = { kind: "ended", livedMs: 3_600_000 };
  assert.deepEqual(run([FAILED, FAILED, good], { addresses: 2 }).addresses.at(-1), 0);
  assert.deepEqual(run([FAILED, FAILED, FAILED, good]).waits.at(-1), 1_000);
  const bad: TryEnd = { kind: "ended", livedMs: 500 };
  assert.deepEqual(run([bad, bad, bad, bad]).waits, [1_000, 2_000, 4_000, 8_000]);
});

Deno.test("who was asked to leave comes back when it was told to, to another address", () => {
  const drained: TryEnd = { kind: "ended", livedMs: 3_600_000, againInMs: 15_000 };
  const { waits, addresses } = run([drained, { ...drained, againInMs: 0 }], { addresses: 2 });
  assert.deepEqual([waits, addresses], [[15_000, 0], [1, 0]]);
});

Deno.test("who is told when to come again does not come sooner, nor all at once", () => {
  const refused: TryEnd = { kind: "failed", isHopeful: true, retryAfterMs: 20_000 };
  assert.deepEqual(run([refused], { random: 0 }).waits, [20_000]);
  assert.deepEqual(run([refused]).waits, [30_000]);
  assert.deepEqual(run([refused, FAILED], { addresses: 2 }).waits, [0, 30_000]);
  assert.equal(run([{ ...refused, retryAfterMs: 1e12 }], { random: 0 }).waits[0], 3_600_000);
});

Deno.test("where trying again cannot help it is seldom done", () => {
  const refused: TryEnd = { kind: "failed", isHopeful: false };
  assert.deepEqual(run([refused, refused]).waits, [7_200_000, 7_200_000]);
  assert.deepEqual(run([refused, FAILED], { addresses: 2 }).waits, [0, 1_000], "another address may be better");
});

Deno.test("property: no wait is negative or endless, and every address gets its turn", () => {
  const end = fc.oneof(
    fc.record({ kind: fc.constant("failed" as const), isHopeful: fc.boolean(), retryAfterMs: fc.nat() }),
    fc.record({ kind: fc.constant("ended" as const), livedMs: fc.nat(), againInMs: fc.nat(3_600_000) }),
  );
  const random = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(fc.array(end), fc.integer({ min: 1, max: 5 }), random, (ends, addresses, random) => {
    const { waits, addresses: next } = run(ends, { addresses, random });
    for (const waitMs of waits) assert.ok(waitMs >= 0 && waitMs <= 2 * 3_600_000);
    for (const at of next) assert.ok(at >= 0 && at < addresses);
    const failures = Array.from({ length: addresses }, () => FAILED);
    assert.equal(new Set(run(failures, { addresses, random }).addresses).size, addresses);
  }));
});

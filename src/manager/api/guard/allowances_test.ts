import assert from "node:assert/strict";
import * as fc from "fast-check";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { Allowances } from "./allowances.ts";
import { Seats } from "./seats.ts";

Deno.test("a burst is allowed, then one after each span, and what was refused is counted", async () => {
  const clock = new FakeClock();
  const allowances = new Allowances(clock, { burst: 2, everyMs: 1_000 });
  assert.deepEqual([1, 2, 3, 4].map(() => allowances.take("a")), [0, 0, null, null]);
  assert.equal(allowances.take("b"), 0);
  await clock.advance(999);
  assert.equal(allowances.take("a"), null);
  await clock.advance(1);
  assert.deepEqual([allowances.take("a"), allowances.take("a")], [3, null]);
});

Deno.test("who was not seen for longest is forgotten when there are too many", () => {
  const allowances = new Allowances(new FakeClock(), { burst: 1, everyMs: 1_000, maxKeys: 2 });
  for (const key of ["a", "b", "a", "c"]) allowances.take(key);
  assert.equal(allowances.take("a"), null);
  assert.equal(allowances.take("b"), 0);
});

Deno.test("seats are bounded for each and in all, and come back once however often they are given back", () => {
  const seats = new Seats({ what: "things", perCaller: 2, inAll: 3 });
  const [first] = [seats.take("a"), seats.take("a")];
  assert.throws(() => seats.take("a"), /a has 2 things already/);
  seats.take("b");
  assert.throws(() => seats.take("c"), /There are 3 things already/);
  first?.();
  first?.();
  assert.equal(seats.taken, 2);
  seats.take("c");
  assert.throws(() => seats.take("d"), { code: "rate_limited", retryable: true });
});

Deno.test("however seats are taken and given back, there are never more than allowed", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.boolean())), (steps) => {
    const seats = new Seats({ what: "things", perCaller: 2, inAll: 4 });
    const held: (() => void)[] = [];
    for (const [actor, takes] of steps) {
      try {
        if (takes) held.push(seats.take(actor));
        else held.shift()?.();
      } catch {
        // There was none left, which the count says.
      }
      assert.equal(seats.taken, held.length);
      assert.ok(seats.taken <= 4);
    }
  }));
});

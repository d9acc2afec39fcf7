import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { AppError } from "../../../core/mod.ts";
import { LoginThrottle } from "./login_throttle.ts";
import type { Outcome } from "./policy.ts";

function throttled() {
  const clock = new FakeClock();
  const throttle = new LoginThrottle(clock);
  /** 0 where it was let in. */
  const attempt = (name: string, address: string, outcome: Outcome = "failed"): number => {
    try {
      throttle.begin(name, address).ended(outcome);
      return 0;
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "rate_limited" && error.retryable);
      return (error.details as { retryAfterMs: number }).retryAfterMs;
    }
  };
  return { clock, attempt };
}
const elsewhere = (at: number) => `198.51.${Math.floor(at / 200)}.${at % 200}`;

Deno.test("one address that fails waits, whatever names it tries, and says for how long", async () => {
  const { clock, attempt } = throttled();
  for (let i = 0; i < 10; i++) assert.equal(attempt(`user${i}`, "192.0.2.1"), 0);
  assert.equal(attempt("another", "192.0.2.1"), 1_000);
  assert.equal(attempt("another", "192.0.2.2"), 0, "another address does not wait");
  await clock.advance(1_000);
  assert.equal(attempt("another", "192.0.2.1"), 0);
  assert.equal(attempt("another", "192.0.2.1"), 2_000);
});

Deno.test("tries that are refused do not make the wait longer", () => {
  const { attempt } = throttled();
  for (let i = 0; i < 10; i++) attempt(`user${i}`, "192.0.2.1");
  for (let i = 0; i < 100; i++) assert.equal(attempt("another", "192.0.2.1"), 1_000);
});

Deno.test("a success at an address does not forgive what it has failed at other names", () => {
  const { attempt } = throttled();
  for (let i = 0; i < 9; i++) attempt(`user${i}`, "192.0.2.1");
  assert.equal(attempt("mallory", "192.0.2.1", "succeeded"), 0);
  attempt("user10", "192.0.2.1");
  assert.equal(attempt("user11", "192.0.2.1"), 1_000);
});

Deno.test("one owner's IPv6 network is one address", () => {
  const { attempt } = throttled();
  for (let i = 0; i < 10; i++) assert.equal(attempt(`user${i}`, `2001:db8::${i}`), 0);
  assert.equal(attempt("another", "2001:db8::ffff:1"), 1_000);
});

Deno.test("guessing one name from many addresses waits too, for a minute at most", async () => {
  const { clock, attempt } = throttled();
  let longest = 0;
  for (let i = 0; i < 40; i++) {
    const wait = attempt("root", elsewhere(i));
    longest = Math.max(longest, wait);
    await clock.advance(wait);
  }
  assert.equal(longest, 60_000);
  assert.equal(attempt("anna", elsewhere(999)), 0, "other names do not wait");
});

Deno.test("a success resets the count of the name", () => {
  const { attempt } = throttled();
  for (let i = 0; i < 9; i++) attempt("root", elsewhere(i));
  attempt("root", "192.0.2.9", "succeeded");
  for (let i = 20; i < 29; i++) assert.equal(attempt("root", elsewhere(i)), 0);
});

Deno.test("who has signed in from an address before is not locked out by others elsewhere", () => {
  const { attempt } = throttled();
  attempt("root", "192.0.2.1", "succeeded");
  for (let i = 0; i < 40; i++) attempt("root", elsewhere(i));
  assert.ok(attempt("root", "192.0.2.77") > 0, "a new address waits");
  assert.equal(attempt("root", "192.0.2.1", "succeeded"), 0);
});

Deno.test("nor by others at the same address who try other names", () => {
  const { attempt } = throttled();
  attempt("root", "192.0.2.1", "succeeded");
  for (let i = 0; i < 40; i++) attempt(`user${i}`, "192.0.2.1");
  assert.equal(attempt("root", "192.0.2.1", "succeeded"), 0);
});

Deno.test("but guessing his password there waits as well, for a minute at most", async () => {
  const { clock, attempt } = throttled();
  attempt("root", "192.0.2.1", "succeeded");
  let [longest, guesses] = [0, 0];
  for (let i = 0; i < 60; i++) {
    const wait = attempt("root", "192.0.2.1");
    if (wait === 0) guesses++;
    longest = Math.max(longest, wait);
    await clock.advance(wait);
  }
  assert.equal(longest, 60_000);
  assert.ok(guesses <= 35);
});

Deno.test("many attackers do not make it grow, and it goes on working", () => {
  const { attempt } = throttled();
  for (let i = 0; i < 30_000; i++) attempt(`user${i}`, `10.${i >> 16}.${i >> 8 & 255}.${i & 255}`);
  for (let i = 0; i < 10; i++) attempt("root", "192.0.2.1");
  assert.equal(attempt("root", "192.0.2.1"), 1_000);
});

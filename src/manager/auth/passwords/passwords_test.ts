import assert from "node:assert/strict";
import { settle } from "../../../../tests/helpers/fake_clock.ts";
import { systemRandom } from "../secrets.ts";
import { Passwords, type PasswordsOptions } from "./passwords.ts";
import type { ScryptCost } from "./scrypt.ts";

const CHEAP: ScryptCost = { log2N: 2, r: 1, p: 1 };
const made = (options: Partial<PasswordsOptions> = {}) =>
  new Passwords({ random: systemRandom, cost: CHEAP, ...options });

/** Stands in for scrypt: notes what is computed, and ends when it is told to. */
function slowly() {
  const computed: { password: string; cost: ScryptCost; end: () => void }[] = [];
  const compute = (password: string, _salt: Uint8Array, cost: ScryptCost) => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    computed.push({ password, cost, end: () => resolve(new Uint8Array(32)) });
    return promise;
  };
  return { computed, compute };
}

Deno.test("the right password is right, others are not", async () => {
  const passwords = made();
  const stored = await passwords.hash("correct horse battery");
  assert.ok(!stored.includes("horse"));
  assert.deepEqual(await passwords.verify("correct horse battery", stored), { isRight: true, isOutdated: false });
  for (const wrong of ["", "correct horse batterz", "Correct horse battery", "x".repeat(100_000)]) {
    assert.equal((await passwords.verify(wrong, stored)).isRight, false);
  }
  assert.notEqual(await passwords.hash("correct horse battery"), stored, "each has its own salt");
});

Deno.test("a password may be typed on another keyboard", async () => {
  const passwords = made();
  const stored = await passwords.hash("p\u00e4ssword p\u00e4ssword");
  assert.equal((await passwords.verify("pa\u0308ssword pa\u0308ssword", stored)).isRight, true);
});

Deno.test("nobody's password is never right", async () => {
  const zeros = (bytes: number) => new Uint8Array(bytes);
  // Whatever is computed is the same as what stands in for nobody's password.
  const passwords = made({ random: zeros, compute: () => Promise.resolve(zeros(32)) });
  for (const stored of [null, "", "garbage"]) assert.equal((await passwords.verify("x", stored)).isRight, false);
  const stored = await passwords.hash("x");
  assert.equal((await passwords.verify("x", stored)).isRight, true);
  assert.equal((await passwords.verify("x".repeat(1_000), stored)).isRight, false);
});

Deno.test("what was stored at another cost is right and outdated", async () => {
  const stored = await made().hash("correct horse battery");
  const now = made({ cost: { ...CHEAP, p: 2 } });
  assert.deepEqual(await now.verify("correct horse battery", stored), { isRight: true, isOutdated: true });
});

Deno.test("an unknown user, and a password that is too long, cost as much as any other", async () => {
  const { computed, compute } = slowly();
  const passwords = made({ compute });
  const checks: [string, string | null][] = [["x", null], ["x", "garbage"], ["x".repeat(100_000), null]];
  for (const [password, stored] of checks) {
    const verdict = passwords.verify(password, stored);
    await settle();
    computed.at(-1)?.end();
    assert.equal((await verdict).isRight, false);
  }
  assert.deepEqual(computed.map(({ cost }) => cost), [CHEAP, CHEAP, CHEAP]);
});

Deno.test("two are computed at once, some wait, the rest are turned away", async () => {
  const { computed, compute } = slowly();
  const passwords = made({ compute, maxWaiting: 3 });
  const running = Array.from({ length: 5 }, (_, at) => passwords.verify(`${at}`, null));
  await settle();
  assert.deepEqual([computed.length, passwords.waiting], [2, 3]);
  await assert.rejects(passwords.verify("too many", null), { code: "unavailable", retryable: true });
  await assert.rejects(passwords.hash("too many"), { code: "unavailable" });
  for (let at = 0; at < 5; at++) {
    computed[at]?.end();
    await settle();
    assert.equal(computed.length, Math.min(5, at + 3));
  }
  await Promise.all(running);
  assert.deepEqual(computed.map(({ password }) => password), ["0", "1", "2", "3", "4"]);
});

Deno.test("who goes away while he waits gives up his place", async () => {
  const { computed, compute } = slowly();
  const passwords = made({ compute, atOnce: 1 });
  const gone = new AbortController();
  const [first, second, third] = [
    passwords.verify("first", null),
    passwords.verify("second", null, gone.signal),
    passwords.verify("third", null),
  ];
  await settle();
  gone.abort(new Error("gone"));
  await assert.rejects(second, /gone/);
  assert.equal(passwords.waiting, 1);
  computed[0]?.end();
  await settle();
  computed[1]?.end();
  await Promise.all([first, third]);
  assert.deepEqual(computed.map(({ password }) => password), ["first", "third"]);
  await assert.rejects(passwords.verify("late", null, gone.signal), /gone/);
});

Deno.test("a computation that fails leaves its place to the next", async () => {
  const passwords = made({ atOnce: 1, compute: () => Promise.reject(new Error("no memory")) });
  const both = await Promise.allSettled([passwords.hash("one"), passwords.hash("two")]);
  assert.deepEqual(both.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(passwords.waiting, 0);
});

import assert from "node:assert/strict";
import { scryptSync } from "node:crypto";
import fc from "fast-check";
import { DEFAULT_COST, derive, formatStored, isSameHash, parseStored } from "./scrypt.ts";

const cost = fc.record({
  log2N: fc.integer({ min: 1, max: 15 }),
  r: fc.integer({ min: 1, max: 32 }),
  p: fc.integer({ min: 1, max: 16 }),
}, { noNullPrototype: true });
const bytes = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max });

Deno.test("what is stored is what was hashed", () => {
  fc.assert(fc.property(cost, bytes(16, 64), bytes(32, 32), (cost, salt, hash) => {
    const read = parseStored(formatStored({ cost, salt, hash }));
    assert.deepEqual(read?.cost, cost);
    assert.deepEqual([...read.salt], [...salt]);
    assert.deepEqual([...read.hash], [...hash]);
  }));
});

Deno.test("what is no stored password, or would cost too much, is none", () => {
  const [salt, hash] = ["s".repeat(22), "h".repeat(43)];
  assert.notEqual(parseStored(`scrypt$ln=15,r=8,p=1$${salt}$${hash}`), null);
  for (
    const stored of [
      "",
      "plain",
      `bcrypt$ln=15,r=8,p=1$${salt}$${hash}`,
      `scrypt$ln=30,r=8,p=1$${salt}$${hash}`,
      `scrypt$ln=99,r=99,p=1$${salt}$${hash}`,
      `scrypt$ln=0,r=8,p=1$${salt}$${hash}`,
      `scrypt$ln=15,r=0,p=1$${salt}$${hash}`,
      `scrypt$ln=15,r=8,p=17$${salt}$${hash}`,
      `scrypt$ln=15,r=8,p=1$$${hash}`,
      `scrypt$ln=15,r=8,p=1$${salt}$`,
      `scrypt$ln=15,r=8,p=1$${salt}$${hash}x`,
    ]
  ) assert.equal(parseStored(stored), null, stored);
  fc.assert(fc.property(fc.string(), (text) => assert.equal(parseStored(text), null)));
});

Deno.test("it is scrypt", async () => {
  const salt = new Uint8Array(16).fill(7);
  const made = await derive("pässword", salt, { log2N: 4, r: 2, p: 3 });
  assert.deepEqual([...made], [...scryptSync("pässword", salt, 32, { N: 16, r: 2, p: 3 })]);
});

Deno.test("the cost that is used can be computed", async () => {
  assert.equal((await derive("x", new Uint8Array(16), DEFAULT_COST)).length, 32);
});

Deno.test("hashes are compared whole", () => {
  assert.equal(isSameHash(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), true);
  assert.equal(isSameHash(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false);
  assert.equal(isSameHash(Uint8Array.of(1, 2), Uint8Array.of(1)), false);
});

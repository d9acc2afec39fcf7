import assert from "node:assert/strict";
import { hashOf, looksLike, newId, newSecret, type SecretKind, systemRandom } from "./secrets.ts";

const KINDS: readonly SecretKind[] = ["session", "apiToken", "joinToken", "setup", "ticket"];

Deno.test("each kind of secret is told from the others by how it begins, and is never the same", () => {
  const made = KINDS.map((kind) => newSecret(kind, systemRandom).reveal());
  for (const [at, text] of made.entries()) {
    assert.deepEqual(KINDS.filter((kind) => looksLike(kind, text)), [KINDS[at]]);
  }
  assert.match(made[1] ?? "", /^fht_[\w-]{43}$/);
  assert.equal(new Set(Array.from({ length: 100 }, () => newSecret("session", systemRandom).reveal())).size, 100);
});

Deno.test("what does not look like one is not taken for one", () => {
  for (const text of ["", "fht_", `fht_${"a".repeat(42)}`, `fht_${"a".repeat(44)}`, `fht_${"a".repeat(42)}/`]) {
    assert.equal(looksLike("apiToken", text), false, text);
  }
});

Deno.test("the stored hash is SHA-256 of the whole text, hex", () => {
  assert.equal(hashOf("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

Deno.test("an id begins with no dash", () => assert.match(newId(systemRandom), /^[0-9a-f]{20}$/));

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { Sha256 } from "./sha256.ts";

const expected = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

Deno.test("the examples of the standard", () => {
  const of = (text: string) => new Sha256().update(new TextEncoder().encode(text)).hex();
  assert.equal(of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(
    of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

Deno.test("it does not matter in which pieces it comes, nor that the hash is asked for in between", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 }), (pieces) => {
    const hash = new Sha256();
    let whole: Uint8Array = new Uint8Array(0);
    for (const piece of pieces) {
      hash.update(piece);
      whole = Uint8Array.from([...whole, ...piece]);
      assert.equal(hash.hex(), expected(whole));
    }
  }));
});

Deno.test("a million bytes", () => {
  const bytes = Uint8Array.from({ length: 1_000_003 }, (_, index) => index * 31 % 256);
  assert.equal(new Sha256().update(bytes).hex(), expected(bytes));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { cutToBytes } from "./cut_to_bytes.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

Deno.test("a text is cut where the next character would have no room", () => {
  assert.equal(cutToBytes("abc", 3), "abc");
  assert.equal(cutToBytes("abc", 2), "ab");
  assert.equal(cutToBytes("aé", 2), "a");
  assert.equal(cutToBytes("😀😀", 7), "😀");
  assert.equal(cutToBytes("a", 0), "");
});

Deno.test("what is left is the longest start that has room, and well-formed where the text is", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.nat(60), (text, maxBytes) => {
    const cut = cutToBytes(text, maxBytes);
    assert.ok(text.startsWith(cut) && bytesOf(cut) <= maxBytes);
    assert.ok(cut.isWellFormed() || !text.isWellFormed());
    const [next = ""] = text.slice(cut.length);
    assert.ok(cut === text || bytesOf(cut + next) > maxBytes);
  }));
});

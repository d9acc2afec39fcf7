import assert from "node:assert/strict";
import fc from "fast-check";
import { elementOf, elementsOf } from "./der_reader.ts";
import {
  bits,
  boolean,
  objectId,
  octets,
  sequence,
  smallNumber,
  tagged,
  time,
  unsigned,
  utf8,
  wrapped,
} from "./der_writer.ts";

const hex = (bytes: Uint8Array) => bytes.toHex();

Deno.test("numbers are as short as can be, and never negative", () => {
  assert.equal(hex(smallNumber(0)), "020100");
  assert.equal(hex(smallNumber(127)), "02017f");
  assert.equal(hex(smallNumber(128)), "02020080");
  assert.equal(hex(smallNumber(65_536)), "0203010000");
  assert.equal(hex(unsigned(Uint8Array.of(0, 0, 0xff, 1))), "020300ff01");
});

Deno.test("the other kinds are as the standard writes them", () => {
  assert.equal(hex(objectId("1.2.840.10045.4.3.2")), "06082a8648ce3d040302");
  assert.equal(hex(objectId("2.5.29.17")), "0603551d11");
  assert.equal(hex(boolean(true)), "0101ff");
  assert.equal(hex(utf8("é")), "0c02c3a9");
  assert.equal(hex(bits(Uint8Array.of(0x06), 1)), "03020106");
  assert.equal(hex(tagged(2, new TextEncoder().encode("a"))), "820161");
  assert.equal(hex(wrapped(3, smallNumber(1))), "a303020101");
  assert.equal(hex(sequence(smallNumber(1), sequence())), "30050201013000");
});

Deno.test("a time has two digits for its year until 2049, and four from then on", () => {
  const text = (epochMs: number) => new TextDecoder().decode(elementOf(time(epochMs)).content);
  assert.equal(text(Date.UTC(2026, 10, 21, 14, 5, 9, 999)), "261121140509Z");
  assert.equal(text(Date.UTC(2049, 11, 31, 23, 59, 59)), "491231235959Z");
  assert.equal(text(Date.UTC(2050, 0, 1)), "20500101000000Z");
});

Deno.test("property: what is written is read back, however long", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 70_000, size: "max" }), { maxLength: 3 }), (parts) => {
    const whole = sequence(...parts.map((part) => octets(new Uint8Array(part))));
    assert.deepEqual(elementsOf(elementOf(whole).content).map(({ content }) => hex(content)), parts.map(hex));
  }));
});

Deno.test("property: whatever the bytes are, they are read or refused", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    try {
      const total = elementsOf(new Uint8Array(bytes)).reduce((sum, { whole }) => sum + whole.length, 0);
      assert.equal(total, bytes.length);
    } catch (error) {
      assert.equal((error as { code?: string }).code, "invalid_input");
    }
  }));
});

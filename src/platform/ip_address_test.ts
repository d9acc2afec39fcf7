import assert from "node:assert/strict";
import fc from "fast-check";
import { ipBytes, isLoopback, networkOf, normalIp, undressed } from "./ip_address.ts";
import { ipText } from "./ip_text.ts";

Deno.test("an address has one spelling", () => {
  for (
    const [given, normal] of [
      ["192.0.2.1", "192.0.2.1"],
      ["::ffff:192.0.2.1", "192.0.2.1"],
      ["::FFFF:C000:201", "192.0.2.1"],
      ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
      ["fe80::1%eth0", "fe80::1"],
      ["", ""],
      ["unknown", "unknown"],
    ] as const
  ) assert.equal(normalIp(given), normal, given);
});

Deno.test("what is no address is none", () => {
  for (
    const text of [
      ...["", "a", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.-4", "01.2.3.4567", "::1]/x[", "1::2::3", ":::", "g::"],
      ...["[::1]", "1.2.3.4:80", "::1:", "1:2:3:4:5:6:7:8:9", "::ffff:256.1.1.1", "@::1", "::1#"],
    ]
  ) assert.equal(ipBytes(text), null, text);
});

Deno.test("any address survives its own spelling, and no text makes reading fail", () => {
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
    const bytes = ipBytes(text);
    assert.ok(bytes !== null, text);
    assert.deepEqual(ipBytes(normalIp(text)), bytes);
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const bytes = ipBytes(text);
    assert.ok(bytes === null || bytes.length === 4 || bytes.length === 16);
  }));
});

Deno.test("the address of a connection is spelled like the same address in a text, by whichever socket it came", () => {
  const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
  const mapped = v4.map((bytes) => Uint8Array.of(...Array<number>(10).fill(0), 0xff, 0xff, ...bytes));
  fc.assert(fc.property(fc.oneof(v4, mapped, fc.uint8Array({ minLength: 16, maxLength: 16 })), (bytes) => {
    const spelling = ipText(undressed(bytes));
    assert.equal(spelling, normalIp(ipText(bytes) ?? ""));
    if (bytes.length === 16 && bytes[10] === 0xff && bytes.subarray(0, 10).every((byte) => byte === 0)) {
      assert.equal(spelling, bytes.subarray(12).join("."));
    }
  }));
});

Deno.test("an IPv6 address stands for the network of its owner", () => {
  assert.equal(networkOf("2001:db8:1:2:3:4:5:6"), networkOf("2001:db8:1:2:ffff::1"));
  assert.notEqual(networkOf("2001:db8:1:2::1"), networkOf("2001:db8:1:3::1"));
  assert.equal(networkOf("192.0.2.1"), "192.0.2.1");
  assert.equal(networkOf("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(networkOf("2001:db8::1"), networkOf("2001:0db8:0:0:ffff::"));
  assert.equal(networkOf("fe80::1%eth0"), networkOf("fe80::2"));
  for (const same of ["", "no address", "::z"]) assert.equal(networkOf(same), same);
});

Deno.test("loopback in all its spellings", () => {
  for (const text of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"]) assert.equal(isLoopback(text), true, text);
  for (const text of ["", "128.0.0.1", "::2", "::", "localhost", "1::1"]) assert.equal(isLoopback(text), false, text);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { AddressRanges } from "./address_ranges.ts";
import { ipBytes } from "../../../platform/mod.ts";

const has = (range: string, address: string) => AddressRanges.parse([range]).has(address);

Deno.test("single addresses and networks of any size", () => {
  for (
    const [range, address, expected] of [
      ["192.0.2.7", "192.0.2.7", true],
      ["192.0.2.7", "192.0.2.8", false],
      ["192.0.2.7", "::ffff:192.0.2.7", true],
      ["10.0.0.0/8", "10.255.1.2", true],
      ["10.0.0.0/8", "11.0.0.0", false],
      ["10.0.0.0/9", "10.128.0.0", false],
      [" 192.0.2.128/25 ", "192.0.2.200", true],
      ["192.0.2.128/25", "192.0.2.127", false],
      ["0.0.0.0/0", "203.0.113.9", true],
      ["0.0.0.0/0", "2001:db8::1", false],
      ["::/0", "2001:db8::1", true],
      ["2001:db8::/33", "2001:db8:7fff::1", true],
      ["2001:db8::/33", "2001:db8:8000::1", false],
      ["::1", "::1", true],
      ["10.0.0.0/8", "", false],
      ["10.0.0.0/8", "10.0.0.1, 10.0.0.2", false],
    ] as const
  ) assert.equal(has(range, address), expected, `${range} ${address}`);
});

Deno.test("no ranges hold nothing", () => assert.equal(AddressRanges.parse([]).has("127.0.0.1"), false));

Deno.test("what is no address or network is refused", () => {
  for (const text of ["", "proxy", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/-1", "/8", "10/8"]) {
    assert.throws(() => AddressRanges.parse([text]), { code: "invalid_config" }, text);
  }
});

Deno.test("an address is in a network when their first bits are the same", () => {
  const bits = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  fc.assert(fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (network, address, size) => {
    const [a, b] = [network, address].map((text) => bits(ipBytes(text) ?? new Uint8Array()).slice(0, size));
    assert.equal(has(`${network}/${size}`, address), a === b);
  }));
});

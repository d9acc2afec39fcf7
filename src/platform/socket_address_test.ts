import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeSocketAddress, encodeSocketAddress, ipFamily } from "./socket_address.ts";

const hex = (bytes: Uint8Array) => bytes.toHex();

Deno.test("addresses have the layout of each system", () => {
  assert.equal(hex(encodeSocketAddress("192.0.2.1", "IPv4", "linux")), "02000009c00002010000000000000000");
  assert.equal(hex(encodeSocketAddress("192.0.2.1", "IPv4", "windows")), "02000009c00002010000000000000000");
  assert.equal(hex(encodeSocketAddress("192.0.2.1", "IPv4", "darwin")), "10020009c00002010000000000000000");
  const v6 = "20010db8000000000000000000000001";
  assert.equal(hex(encodeSocketAddress("2001:db8::1", "IPv6", "linux")), `0a00000900000000${v6}00000000`);
  assert.equal(hex(encodeSocketAddress("2001:db8::1", "IPv6", "windows")), `1700000900000000${v6}00000000`);
  assert.equal(hex(encodeSocketAddress("2001:db8::1", "IPv6", "darwin")), `1c1e000900000000${v6}00000000`);
});

Deno.test("what was encoded is decoded in its canonical spelling", () => {
  const os = fc.constantFrom("linux", "windows", "darwin");
  fc.assert(fc.property(fc.ipV4(), os, (address, system) => {
    assert.equal(decodeSocketAddress(encodeSocketAddress(address, "IPv4", system), "IPv4"), address);
  }));
  fc.assert(fc.property(fc.ipV6(), os, (address, system) => {
    const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
    assert.equal(decodeSocketAddress(encodeSocketAddress(address, "IPv6", system), "IPv6"), canonical);
  }));
});

Deno.test("zones and short answers do no harm; names are no addresses", () => {
  assert.equal(decodeSocketAddress(encodeSocketAddress("fe80::1%eth0", "IPv6", "linux"), "IPv6"), "fe80::1");
  assert.equal(decodeSocketAddress(new Uint8Array(2), "IPv4"), null);
  assert.deepEqual(["10.0.0.1", "::1", "manager", "1.2.3"].map(ipFamily), ["IPv4", "IPv6", null, null]);
});

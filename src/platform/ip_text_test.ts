import assert from "node:assert/strict";
import fc from "fast-check";
import { ipText } from "./ip_text.ts";

Deno.test("an address of 4 bytes is written with dots", () => {
  assert.equal(ipText(new Uint8Array([192, 0, 2, 255])), "192.0.2.255");
});

Deno.test("an address of another length than 4 or 16 bytes is none", () => {
  assert.equal(ipText(new Uint8Array(6)), null);
});

Deno.test("an IPv6 address is written as the URL standard, which follows RFC 5952, writes it", () => {
  const group = fc.oneof(fc.constant([0, 0]), fc.tuple(fc.nat(255), fc.nat(255)));
  fc.assert(fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
    const bytes = new Uint8Array(groups.flat());
    const spelledOut = groups.map(([high = 0, low = 0]) => (high * 256 + low).toString(16)).join(":");
    assert.equal(`[${ipText(bytes)}]`, new URL(`http://[${spelledOut}]`).hostname);
  }));
});

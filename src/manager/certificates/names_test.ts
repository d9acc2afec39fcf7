import assert from "node:assert/strict";
import fc from "fast-check";
import { ipText } from "../../platform/mod.ts";
import { addressBytes, sortNames } from "./names.ts";

Deno.test("hosts and addresses are told apart, each once and as clients compare them", () => {
  const { hosts, addresses } = sortNames([
    "Web-1",
    "web-1",
    "münchen.example",
    "*.example.com",
    "db_1",
    "10.0.0.1",
    "[::1]",
    "0:0::1",
    "fe80::1%eth0",
    "::ffff:10.0.0.2",
  ]);
  assert.deepEqual(hosts, ["web-1", "xn--mnchen-3ya.example", "*.example.com", "db_1"]);
  assert.deepEqual(addresses.map((address) => address.toHex()), [
    "0a000001",
    "00000000000000000000000000000001",
    "fe800000000000000000000000000001",
    "00000000000000000000ffff0a000002",
  ]);
});

Deno.test("what is no host is left out", () => {
  for (const name of ["", " ", "a b", "a/b", "u@h", "h:80", "#", "10.0.0.256.1/x", "-", "a..b/", "\0"]) {
    assert.deepEqual(sortNames([name]), { hosts: [], addresses: [] }, JSON.stringify(name));
  }
});

Deno.test("property: an address comes back from its text, and any other text does no harm", () => {
  const raw = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }));
  fc.assert(fc.property(raw, (bytes) => {
    assert.deepEqual(addressBytes(ipText(bytes) ?? ""), Uint8Array.from(bytes));
  }));
  fc.assert(fc.property(fc.string(), (text) => {
    const { hosts, addresses } = sortNames([text]);
    assert.ok(hosts.length + addresses.length <= 1 && hosts.every((host) => /^[\x21-\x7e]+$/.test(host)));
  }));
});

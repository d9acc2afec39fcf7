import assert from "node:assert/strict";
import fc from "fast-check";
import { AddressRanges } from "./address_ranges.ts";
import { clientOf } from "./client.ts";

const PROXIES = AddressRanges.parse(["10.0.0.0/8", "2001:db8::/32"]);
const seen = (address: string, headers: Record<string, string> = {}, url = "http://manager/") =>
  clientOf(new Request(url, { headers }), { address }, PROXIES);
const forwarded = (address: string, path: string) => seen(address, { "x-forwarded-for": path }).address;

Deno.test("without a trusted proxy nothing that is sent matters", () => {
  const headers = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" };
  assert.deepEqual(seen("198.51.100.1", headers), { address: "198.51.100.1", isSecure: false });
  assert.deepEqual(seen("198.51.100.1", headers, "https://manager/").isSecure, true);
  assert.equal(
    clientOf(new Request("http://m/", { headers }), { address: "10.0.0.1" }, AddressRanges.parse([])).address,
    "10.0.0.1",
  );
});

Deno.test("behind trusted proxies it is the address that the outermost of them has seen", () => {
  assert.equal(forwarded("10.0.0.1", "203.0.113.9"), "203.0.113.9");
  assert.equal(forwarded("10.0.0.1", "203.0.113.9, 10.0.0.2"), "203.0.113.9");
  assert.equal(forwarded("::ffff:10.0.0.1", "2001:DB9::1,2001:db8::7"), "2001:db9::1");
  assert.equal(forwarded("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
  assert.equal(seen("10.0.0.1").address, "10.0.0.1");
});

Deno.test("what the client has written himself before it is not believed", () => {
  assert.equal(forwarded("10.0.0.1", "127.0.0.1, 203.0.113.9"), "203.0.113.9");
  assert.equal(forwarded("10.0.0.1", "10.0.0.9, 203.0.113.9, 10.0.0.2"), "203.0.113.9");
  assert.equal(forwarded("10.0.0.1", "127.0.0.1, nonsense, 10.0.0.2"), "10.0.0.2");
  assert.equal(forwarded("10.0.0.1", "127.0.0.1,,10.0.0.2"), "10.0.0.2");
  assert.equal(forwarded("10.0.0.1", "unknown"), "10.0.0.1");
});

Deno.test("proxies may write the port too", () => {
  assert.equal(forwarded("10.0.0.1", "203.0.113.9:4711"), "203.0.113.9");
  assert.equal(forwarded("10.0.0.1", "[2001:db9::1]:4711"), "2001:db9::1");
  assert.equal(forwarded("10.0.0.1", "[2001:db9::1]"), "2001:db9::1");
});

Deno.test("a trusted proxy says whether it was https; of several the last", () => {
  const secure = (proto: string, url?: string) => seen("10.0.0.1", { "x-forwarded-proto": proto }, url).isSecure;
  assert.deepEqual([secure("https"), secure("HTTPS "), secure("http"), secure("")], [true, true, false, false]);
  assert.deepEqual([secure("https, http"), secure("http, https")], [false, true]);
  assert.equal(secure("http", "https://manager/"), false);
  assert.equal(seen("10.0.0.1", {}, "https://manager/").isSecure, true);
});

Deno.test("whatever a client writes, the address that the first trusted proxy has seen is found", () => {
  const junk = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[ -~]{0,20}$/)), { maxLength: 50 });
  const trusted = fc.nat(255).map((last) => `10.1.2.${last}`);
  const outside = fc.ipV4().filter((address) => !PROXIES.has(address));
  fc.assert(fc.property(junk, outside, fc.array(trusted, { maxLength: 5 }), (written, client, hops) => {
    assert.equal(forwarded("10.0.0.1", [...written, client, ...hops].join(", ")), client);
  }));
});
